/// How long a rank waits for the other in each phase, while that one is still there: a heart that beats is not a trial that goes on.
public struct ControlLimits: Equatable, Sendable {
    /// For the other to say the word that ends a phase, nanoseconds; nil for ever.
    private var limits: [ControlPhase: UInt64]

    public subscript(phase: ControlPhase) -> UInt64? {
        get { limits[phase] }
        set { limits[phase] = newValue }
    }

    /// A phase of frames lasts as long as it was asked to, so that only who knows how long can limit it.
    public static let standard: ControlLimits = {
        let second: UInt64 = 1_000_000_000
        return ControlLimits(limits: [
            .idle: 600 * second, .preparing: 60 * second, .ready: 120 * second, .draining: 120 * second, .settling: 60 * second
        ])
    }()
}
