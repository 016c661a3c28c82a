import Kernel
import Results

/// Another vethmark that works on one of this trial's CPUs: known by the names of its threads, as anybody can see them.
struct Neighbour: Hashable, Sendable {
    var processIdentifier: Int32
    var cpus: [Int]

    /// All of them that there are now, those of `others` besides.
    static func all(on cpus: Set<Int>, and others: [Neighbour] = []) -> [Neighbour] {
        let found = ThreadTable.threads(named: ["vm-tx", "vm-rx"]).filter { $0.process != ProcessFacts.identifier }
        let shared = Dictionary(grouping: found, by: \.process).compactMap { process, threads -> Neighbour? in
            let common = Set(threads.flatMap(\.cpus)).intersection(cpus)
            return common.isEmpty ? nil : Neighbour(processIdentifier: process, cpus: common.sorted())
        }
        let known = Set(others.map(\.processIdentifier))
        return others + shared.filter { !known.contains($0.processIdentifier) }.sorted { $0.processIdentifier < $1.processIdentifier }
    }
}

extension Placement {
    var allCPUs: Set<Int> { Set(transmit.map(\.cpu) + receive.map(\.cpu) + (softirqCPUs ?? [])) }
}
