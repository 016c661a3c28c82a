import Foundation

/// Where random tests start: printed when one fails, and set again with VETHMARK_SEED.
enum Seed {
    static var current: UInt64 {
        ProcessInfo.processInfo.environment["VETHMARK_SEED"].flatMap { UInt64($0) } ?? 20_240_817
    }
}

struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
