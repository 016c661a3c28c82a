import Frames
import Metrics
import Traffic

/// The frames of a plan before any is sent: in the order in which they leave, with the bytes that they have on the link.
///
/// What only a run knows is left at a fixed value: the signature's time is when the frame is due (0 at full speed), its key 0.
public struct PlannedFrames {
    public struct Frame: Equatable, Sendable {
        public var worker: Int
        /// Counts from 0, for each worker.
        public var sequence: UInt64
        /// Its number; the plan has its name.
        public var stream: Int
        /// Without FCS.
        public var bytes: [UInt8]
        /// After the window's start; nil at full speed.
        public var dueNanoseconds: UInt64?
    }

    public let plan: TrialPlan
    public let program: StreamProgram
    private let schedules: [PacedSchedule]

    /// - Parameters:
    ///   - transmitAddress: the source where the plan names none.
    ///   - receiveAddress: the destination where the plan names none.
    /// - Throws: `FrameError`; never for a plan that was made from a draft.
    public init(_ plan: TrialPlan, transmitAddress: MACAddress, receiveAddress: MACAddress) throws(FrameError) {
        self.plan = plan
        program = try plan.program(transmitAddress: transmitAddress, receiveAddress: receiveAddress)
        schedules =
            plan.load.packetRate.map { rate in
                (0..<plan.transmit.workers).map { worker in
                    PacedSchedule(
                        totalRate: rate, share: WorkerShare(workerIndex: worker, workerCount: plan.transmit.workers), startNanoseconds: 0)
                }
            } ?? []
    }

    /// Frame `number`, from 0, of all workers' together: they take turns, as they do in a paced run (`WorkerShare`).
    public func frame(_ number: UInt64) -> Frame {
        let (sequence, worker) = number.quotientAndRemainder(dividingBy: UInt64(plan.transmit.workers))
        let due = schedules.isEmpty ? nil : schedules[Int(worker)].dueNanoseconds(sequence)
        let place = sequence / UInt64(plan.transmit.runFrames ?? 1) % program.cycleFrames
        let template = program.frame(place)
        var bytes = template.bytes
        bytes.withUnsafeMutableBytes {
            Signature.stamp(
                $0.baseAddress!, template.stampPoint,
                stream: TrialStreams(trial: 0, key: 0).stream(.window, worker: Int(worker)).naming(template.stream),
                sequence: sequence, timestampNanoseconds: due ?? 0)
        }
        return Frame(worker: Int(worker), sequence: sequence, stream: Int(template.stream), bytes: bytes, dueNanoseconds: due)
    }

    /// How many frames pass before the first comes again, for each worker.
    public var cycleFrames: UInt64 { program.cycleFrames * UInt64(plan.transmit.runFrames ?? 1) }

    /// How many frames the plan sends in all; nil where nothing but the machine's speed or Ctrl-C says so.
    public var totalFrames: UInt64? {
        let inTime = plan.load.packetRate.flatMap { rate in
            plan.load.durationNanoseconds.map { PacedSchedule(totalRate: rate, startNanoseconds: 0).rowFramesDue(at: $0 - 1) }
        }
        return [plan.load.frameCount, inTime].compactMap { $0 }.min()
    }
}
