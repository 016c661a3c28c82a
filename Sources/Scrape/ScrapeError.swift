import Kernel

/// Metrics can't be served.
public struct ScrapeError: ExplainedError {
    public let address: ListenAddress
    public let reason: String
    public var sentence: String { "metrics can't be served at \(address): \(reason)" }
    public var remedy: String? { "name a port that is free, or an address that this machine has" }
}
