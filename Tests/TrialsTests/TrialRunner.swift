import Foundation
import Frames
import Kernel
import Links
import Metrics
import Testing

@testable import Engines
@testable import Plans
@testable import Results
@testable import Trials

/// Warnings of what the machine did besides: no word about the path, and at full speed no fault of the code's.
let machineCodes: Set = [
    "another-run-here", "cpu-shared", "cpu-withheld", "generator-behind", "sending-paused", "steal", "stopped", "window-overran",
    "worker-idle"
]

/// Runs one trial over a given path, with the seats doubled up on whatever CPUs there are; by the `ring` engine unless
/// `change` says otherwise. What the engine needs of the link is laid over it, and taken off again.
///
/// - Parameters:
///   - key: whose run it is; nil for this process's own.
///   - replay: a file that is sent in place of the plan's frames.
///   - watch: gets the trial before it begins.
func runTrial(
    over path: LinkPair, index: Int = 0, key: UInt16? = nil, replay: ReplaySource? = nil, watch: (TrialGauge) -> Void = { _ in },
    _ change: (inout PlanDraft) -> Void
) throws -> (result: TrialResult, warnings: [Warning]) {
    var draft = PlanDraft()
    draft.load.warmupNanoseconds = 0
    draft.transmit.engine = .ring
    change(&draft)
    let plan = try TrialPlan(draft)
    var settings = LinkSettings()
    settings.transmitFeatures = plan.linkSettings.transmitFeatures
    settings.receiveFeatures = plan.linkSettings.receiveFeatures
    let path = try LinkPair.open(transmit: path.transmit, receive: path.receive, settings)
    defer { _ = path.restore() }
    let cpus = Topology.read().allowedCPUs
    func seats(_ count: Int, from first: Int) -> [Placement.Seat] {
        (0..<count).map { Placement.Seat(cpu: cpus[($0 + first) % cpus.count], node: 0) }
    }
    let trial = Trial(
        plan: plan, link: path,
        placement: Placement(
            transmit: seats(plan.transmit.workers, from: 0), receive: seats(plan.receive.workers, from: 1),
            softirqCPUs: [cpus[1 % cpus.count]], reason: "test"),
        templates: try plan.templates(
            transmitAddress: path.transmit.link.address, receiveAddress: path.receive.link.address),
        index: index, streams: key.map { TrialStreams(trial: index, key: $0) } ?? TrialStreams(trial: index),
        interrupts: try Interrupts(listening: false), replay: replay, observe: { _ in })
    try replay?.start(mtuBytes: path.transmit.link.mtuBytes) { time in
        Clock.sleep(untilMonotonic: time)
        return false
    }
    defer { replay?.stop() }
    watch(trial.gauge)
    return try trial.run()
}
