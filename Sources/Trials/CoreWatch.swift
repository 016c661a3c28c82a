import Kernel
import Results

/// How far a trial's CPUs are from each other, right before and right behind its window: a virtual machine's host may move them.
struct CoreWatch {
    private(set) var evidence: [CoreDistanceEvidence]

    /// Each takes milliseconds; on a large machine those of the first workers speak for all.
    private static let mostPairs = 4

    /// - Parameter placement: whose senders hand frames to softirqs on CPUs of their own or, where there are none, to readers.
    init(_ placement: Placement) {
        let receiving = placement.softirqCPUs ?? placement.receive.map(\.cpu)
        var pairs: [CoreDistanceEvidence] = []
        for (index, seat) in placement.transmit.enumerated() where !receiving.isEmpty {
            let pair = CoreDistanceEvidence(fromCPU: seat.cpu, toCPU: receiving[index % receiving.count])
            if pair.fromCPU != pair.toCPU, !pairs.contains(pair) { pairs.append(pair) }
        }
        evidence = Array(pairs.prefix(Self.mostPairs))
    }

    mutating func lookBefore() { look(\.before) }
    mutating func lookAfter() { look(\.after) }

    private mutating func look(_ moment: WritableKeyPath<CoreDistanceEvidence, CoreDistanceEvidence.Reading?>) {
        for index in evidence.indices {
            evidence[index][keyPath: moment] = CoreDistance.between(evidence[index].fromCPU, evidence[index].toCPU).map {
                .init(latencyNanoseconds: $0.latencyNanoseconds, slowdownRatio: $0.slowdownRatio)
            }
        }
    }
}
