/// The longest burst that nothing is lost of (RFC 2544 section 26.4, RFC 9004 section 5): it asks for one burst after the other and is told
/// whether all of it came.
///
/// The longest that may be tried comes first: where it passes there is nothing to look for. Else bursts grow until one fails, and halves do the rest.
public struct BurstSearch: Equatable, Sendable {
    public let maximum: UInt64
    /// The longest that passed below the shortest that didn't; 0 if none did.
    public private(set) var longest: UInt64 = 0
    private var failed: UInt64?
    private var hasTriedMaximum = false
    private var wanted: UInt64
    /// To the next burst as long as all pass, or none does: each time twice as far.
    private var stride: UInt64

    /// How close the answer is: a frame, and 0.5 % of long bursts.
    private static let width = 200 as UInt64

    /// - Parameters:
    ///   - maximum: above 0.
    ///   - hint: what a search before this one has found: a good place to begin.
    public init(maximum: UInt64, hint: UInt64? = nil) {
        self.maximum = maximum
        wanted = min(max(hint ?? 32, 1), maximum)
        // A good hint needs small steps only.
        stride = max(1, wanted / (hint == nil ? 1 : 8))
    }

    /// Frames of the next burst; nil when the answer is known.
    public var next: UInt64? {
        guard hasTriedMaximum else { return maximum }
        guard let failed, failed - longest > max(1, failed / Self.width) else { return nil }
        return wanted > longest && wanted < failed ? wanted : longest + (failed - longest) / 2
    }

    public mutating func add(isGood: Bool, frames: UInt64) {
        hasTriedMaximum = true
        if isGood { longest = max(longest, frames) } else { failed = min(failed ?? .max, frames) }
        guard frames != maximum else { return }
        wanted = isGood ? frames + stride : frames > stride ? frames - stride : frames / 2
        stride *= 2
        // Once there are bounds on both sides, halves are quicker.
        if longest > 0, let failed, failed < maximum { wanted = longest + (failed - longest) / 2 }
    }

    /// Whether a longer burst failed; else the answer is only that it is no shorter.
    public var isBounded: Bool { failed != nil }
}
