import Results
import Testing

@testable import Trials

@Suite struct CoreWatchTests {
    private func pairs(_ transmit: [Int], _ receive: [Int], softirq: [Int]? = nil) -> [[Int]] {
        let placement = Placement(
            transmit: transmit.map { .init(cpu: $0, node: 0) }, receive: receive.map { .init(cpu: $0, node: 0) }, softirqCPUs: softirq,
            reason: "")
        return CoreWatch(placement).evidence.map { [$0.fromCPU, $0.toCPU] }
    }

    @Test func aSenderIsLookedAtWithWhoeverReceivesItsFrames() {
        #expect(pairs([0], [1]) == [[0, 1]])
        #expect(pairs([0, 1], [2, 3]) == [[0, 2], [1, 3]])
        #expect(pairs([0, 1], [2]) == [[0, 2], [1, 2]])
        #expect(pairs([0], [3], softirq: [2]) == [[0, 2]], "the softirq is the first to touch them")
        #expect(pairs([0], [], softirq: [1]) == [[0, 1]], "a program counts")
    }

    @Test func whatStaysOnOneCPUHasNoDistance() {
        #expect(pairs([0], [0]) == [])
        #expect(pairs([0, 1], [1]) == [[0, 1]])
        #expect(pairs([0], []) == [], "a program counts on the sender's CPU, or another host receives")
        #expect(pairs([], [1]) == [])
    }

    @Test func noPairIsLookedAtTwiceAndFourSpeakForAll() {
        #expect(pairs([0, 0], [1, 1]) == [[0, 1]])
        #expect(pairs(Array(0..<8), Array(8..<16)) == [[0, 8], [1, 9], [2, 10], [3, 11]])
    }
}
