import Foundation
import TestSupport

@testable import Methods

/// The simulated device of `mlrsearch-reference.py`: the same seed, the same trials in a row, the same outcomes.
struct ReferenceDevice {
    private var random: SeededGenerator
    private let capacity: Double
    private let waver: Double
    private let stumbles: Double
    private let stray: Double
    private(set) var trials = 0
    /// FNV-1a over loads and durations.
    private(set) var checksum: UInt64 = 0xCBF2_9CE4_8422_2325

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var units: [Double] = []
        for _ in 0..<4 { units.append(Self.unit(&random)) }
        capacity = 2_000 * exp2(13 * units[0])
        waver = 0.03 * units[1]
        stumbles = 0.2 * units[2]
        stray = 0.1 * units[3]
    }

    private static func unit(_ random: inout SeededGenerator) -> Double { Double(random.next() >> 11) / Double(UInt64(1) << 53) }

    private mutating func note(_ value: UInt64) { checksum = (checksum ^ value) &* 0x100_0000_01B3 }

    mutating func run(_ order: TrialOrder) -> TrialOutcome {
        let load = UInt64(order.load + 0.5)
        trials += 1
        note(load)
        note(UInt64(order.seconds * 1e6 + 0.5))
        let (wave, stumble, stray) = (Self.unit(&random), Self.unit(&random), Self.unit(&random))
        let offered = Int(Double(load) * order.seconds + 0.3)
        let room = Int(capacity * (1 + waver * (wave - 0.5)) * order.seconds + 0.3)
        var lost = max(0, offered - room)
        if stumble < stumbles { lost = max(lost, Int(Double(offered) * 0.02 * stumble / stumbles)) }
        if stray < self.stray { lost = max(lost, 1) }
        return TrialOutcome(lossRatio: offered == 0 ? 0 : Double(min(lost, offered)) / Double(offered))
    }
}

extension SearchGoal {
    init(
        _ name: String = "goal", loss: Double, exceed: Double, width: Double, initial: Double, final: Double, sum: Double,
        preceding: Int = 2
    ) {
        self.init(
            name: name, lossRatio: loss, exceedRatio: exceed, relativeWidth: width, initialTrialSeconds: initial,
            finalTrialSeconds: final, sumSeconds: sum)
        precedingTargets = preceding
    }

    /// The goals that `mlrsearch-reference.py` gives a seed.
    static func reference(seed: Int) -> [SearchGoal] {
        switch seed % 4 {
        case 0: [SearchGoal(loss: 0, exceed: 0.5, width: 0.005, initial: 1, final: 1, sum: 21)]
        case 1:
            [
                SearchGoal(loss: 0, exceed: 0.5, width: 0.01, initial: 0.2, final: 0.5, sum: 2.5),
                SearchGoal(loss: 0.005, exceed: 0.5, width: 0.01, initial: 0.2, final: 0.5, sum: 2.5)
            ]
        case 2:
            [
                SearchGoal(loss: 0.001, exceed: 0.1, width: 0.02, initial: 0.5, final: 2, sum: 8, preceding: 1),
                SearchGoal(loss: 0, exceed: 0, width: 0.03, initial: 1, final: 4, sum: 4, preceding: 3)
            ]
        default:
            [
                SearchGoal(loss: 0, exceed: 0.5, width: 0.005, initial: 0.1, final: 1, sum: 5),
                SearchGoal(loss: 0.005, exceed: 0.2, width: 0.01, initial: 0.3, final: 1, sum: 7),
                SearchGoal(loss: 0.1, exceed: 0, width: 0.05, initial: 1, final: 1, sum: 1, preceding: 1)
            ]
        }
    }
}
