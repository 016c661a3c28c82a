import Kernel
import Metrics

/// Why there is nothing to replay.
public enum ReplayError: Error, Equatable, Sendable {
    case noFrames(path: String)
    case nothingUsable(path: String, ReplayFileAccount.Skips, mtuBytes: Int)
    /// A pipe that is to be replayed more than once and doesn't fit into memory.
    case tooManyToKeep(path: String, bufferBytes: Int)
}

extension ReplayError: ExplainedError {
    public var sentence: String {
        switch self {
        case .noFrames(let path): "there is no frame in \(path)"
        case .nothingUsable(let path, let skips, let mtu):
            "none of the \(FigureText.count(skips.total, "frame")) in \(path) can be sent: \(skips.words(mtuBytes: mtu))"
        case .tooManyToKeep(let path, let bytes): "\(path) can't be read twice, and holds more than \(ByteCount(bytes: bytes))"
        }
    }

    public var remedy: String? {
        switch self {
        case .noFrames: "`capinfos` tells what is"
        case .nothingUsable(_, let skips, _):
            skips.oversized == skips.total
                ? "use a larger --mtu, or capture with offloads switched off" : "capture whole Ethernet frames (tcpdump -s 0)"
        case .tooManyToKeep: "use a larger --buffer, or write it to a file first"
        }
    }
}
