import Foundation

/// SplitMix64 from a fixed seed, or from VETHMARK_SEED; prints which, so that a failure can be had again.
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    public init(_ name: String = #function) {
        let seed = ProcessInfo.processInfo.environment["VETHMARK_SEED"].flatMap(UInt64.init) ?? 20_260_101
        print("\(name): VETHMARK_SEED=\(seed)")
        state = seed
    }

    /// From a seed that the caller tells.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Of any length up to `bits` bits, short numbers as likely as long ones.
    public mutating func nextOfAnyLength(bits: Int) -> UInt64 {
        let length = UInt64(Int.random(in: 0...bits, using: &self))
        return length == 0 ? 0 : next() >> (64 - length)
    }
}
