import Foundation
import Frames
import Kernel
import Links
import Metrics
import Testing

@testable import Trials

/// Runs one trial over a given path, with the seats doubled up on whatever CPUs there are.
func runTrial(
    over path: LinkPair, index: Int = 0, _ change: (inout PlanDraft) -> Void
) throws -> (result: TrialResult, warnings: [Warning]) {
    var draft = PlanDraft()
    draft.load.warmupNanoseconds = 0
    change(&draft)
    let plan = try TrialPlan(draft)
    let cpus = Topology.read().allowedCPUs
    func seats(_ count: Int, from first: Int) -> [Placement.Seat] {
        (0..<count).map { Placement.Seat(cpu: cpus[($0 + first) % cpus.count], node: 0) }
    }
    let trial = Trial(
        plan: plan, link: path,
        placement: Placement(
            transmit: seats(plan.transmit.workers, from: 0), receive: seats(plan.receive.workers, from: 1),
            reason: "test"),
        templates: try plan.templates(
            transmitAddress: path.transmit.link.address, receiveAddress: path.receive.link.address),
        index: index, interrupts: try Interrupts(listening: false), observe: { _ in })
    return try trial.run()
}
