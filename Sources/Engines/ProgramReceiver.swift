import Kernel
import Metrics
import Plans
import XDP

/// `xdp`: a counting program on the receiving end, and no thread of ours.
struct ProgramReceiver: ReceiveSide {
    package static let abilities = ReceiverName.xdp.abilities
    package static let reorderWindowFrames = CounterReport.windowFrames

    /// Our own program drops what it has counted.
    package static func isLinkDrop(counter: String) -> Bool {
        RingReceiver.isLinkDrop(counter: counter) && !counter.hasSuffix("_xdp_drops")
    }

    package static var probe: SideProbe? {
        SideProbe(remedy: SideProbe.programs) {
            try KernelProbe.xdpProgram()
            return "a counting program on the receiving end"
        }
    }

    private let counter: CountingReceiver
    /// The sending workers, each with a book of its own.
    private let workers: Range<Int>

    init(for setup: SideSetup) throws {
        let end = try setup.requireLink().receive
        let seats = setup.placement.transmit
        counter = try CountingReceiver(
            interfaceIndex: end.link.index, in: end.namespace, mode: setup.plan.receive.attachment, check: setup.plan.mix.checks[0],
            workers: seats.count, foreignAction: setup.plan.receive.foreign == .drop ? .drop : .pass, sampling: setup.plan.run.sampling,
            intervalNanoseconds: setup.plan.run.intervalNanoseconds, node: seats.first?.node)
        workers = seats.indices
    }

    package func begin(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64, startNanoseconds: UInt64) {
        counter.restart(
            epoch: epoch, key: key, clockOffsetNanoseconds: clockOffsetNanoseconds, startNanoseconds: startNanoseconds)
    }

    package func publishCounts(to received: SharedCounters, slowest: SharedCounters) {
        received.cell(0).store(workers.reduce(0) { $0 + counter.receivedFrames(worker: $1) })
        slowest.cell(0).store(workers.reduce(0) { max($0, counter.slowestNanoseconds(worker: $1)) })
        counter.cutIntervals(at: Clock.realtimeNanoseconds)
    }

    package func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals? {
        var arrivals = Arrivals(counter.report())
        arrivals.intervals = counter.intervalHistograms()
        return arrivals
    }
}

extension TrialPlan.Receive {
    /// How a receiving program is run.
    package var attachment: XDPAttachment.Mode { xdpMode == .generic ? .generic : .native }
}
