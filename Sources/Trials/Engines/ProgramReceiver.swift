import XDP

/// `xdp`: a counting program on the receiving end, and no thread of ours.
struct ProgramReceiver: ReceiveSide {
    static let abilities = ReceiverAbilities(
        hasWorkers: false, attachesProgram: true, endsFrames: true, decidesOnForeignFrames: true, queues: .onePerCPU,
        reorderWindowFrames: CounterReport.windowFrames)

    /// Our own program drops what it has counted.
    static func isLinkDrop(counter: String) -> Bool {
        RingReceiver.isLinkDrop(counter: counter) && !counter.hasSuffix("_xdp_drops")
    }
}
