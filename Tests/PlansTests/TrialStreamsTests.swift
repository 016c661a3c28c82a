import Frames
import Testing

@testable import Plans

@Suite struct TrialStreamsTests {
    /// Runs side by side were given numbers one after the other.
    @Test func neighboursNeverHaveTheSameKey() {
        for first in [1, 4_711, Int32.max - 2_000] {
            let keys = (0..<1_024).map { TrialStreams.key(ofProcess: first + $0, in: "a start of this machine") }
            #expect(Set(keys).count == 1_024 && keys.allSatisfy { $0 <= StreamIdentifier.keyMask })
        }
    }

    /// The first process of one container is not that of another.
    @Test func elsewhereNumbersMeanSomethingElse() {
        let keys = (0..<1_000).map { TrialStreams.key(ofProcess: 1, in: "machine pid:[\(4_026_531_836 + $0)]") }
        #expect(Set(keys).count > 500)
        #expect(TrialStreams.keyOfThisProcess == TrialStreams(trial: 0).key)
    }
}
