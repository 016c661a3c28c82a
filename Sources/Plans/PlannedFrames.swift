import Frames
import Metrics
import Traffic

/// The frames of a plan before any is sent: in the order in which they leave, with the bytes that they have on the link.
///
/// It is one thread's: where streams keep paces of their own a question moves it. What only a run knows is left at a fixed value: the signature's time is when the frame is due (0 at full speed), its key 0.
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
    /// Nil at full speed; one for each schedule of it, for a merge walks on as it is asked.
    private let patterns: [ArrivalPattern]
    private let schedules: [PacedSchedule]

    /// - Parameters:
    ///   - transmitAddress: the source where the plan names none.
    ///   - receiveAddress: the destination where the plan names none.
    /// - Throws: `FrameError`; never for a plan that was made from a draft.
    public init(_ plan: TrialPlan, transmitAddress: MACAddress, receiveAddress: MACAddress) throws(FrameError) {
        self.plan = plan
        program = try plan.program(transmitAddress: transmitAddress, receiveAddress: receiveAddress)
        let workers = plan.transmit.workers
        patterns = plan.pattern.map { pattern in (0..<workers).map { _ in pattern.separated() } } ?? []
        schedules = patterns.enumerated().map { worker, pattern in
            PacedSchedule(pattern, share: WorkerShare(workerIndex: worker, workerCount: workers), startNanoseconds: 0)
        }
    }

    /// Frame `number`, from 0, of all workers' together: they take turns, as they do in a paced run (`WorkerShare`).
    public func frame(_ number: UInt64) -> Frame {
        let (sequence, worker) = number.quotientAndRemainder(dividingBy: UInt64(plan.transmit.workers))
        let due = schedules.isEmpty ? nil : schedules[Int(worker)].dueNanoseconds(sequence)
        let template: FrameTemplate
        if plan.mix.hasOwnPaces {
            let departure = schedules[Int(worker)].departure(ofFrame: sequence)
            template = program.frame(departure.own, ofStream: departure.stream)
        } else {
            template = program.frame(sequence / UInt64(plan.transmit.runFrames ?? 1) % program.cycleFrames)
        }
        let bytes = template.stamped(
            stream: TrialStreams(trial: 0, key: 0).stream(.window, worker: Int(worker)).naming(template.stream), sequence: sequence,
            timestampNanoseconds: due ?? 0)
        return Frame(worker: Int(worker), sequence: sequence, stream: Int(template.stream), bytes: bytes, dueNanoseconds: due)
    }

    /// How many frames pass before the first comes again, for each worker; nil where streams keep paces of their own, which may never meet again.
    public var cycleFrames: UInt64? { plan.mix.hasOwnPaces ? nil : program.cycleFrames * UInt64(plan.transmit.runFrames ?? 1) }

    /// How many frames the plan sends in all; nil where nothing but the machine's speed or Ctrl-C says so.
    public var totalFrames: UInt64? {
        let inTime = schedules.first.flatMap { schedule in plan.load.durationNanoseconds.map { schedule.rowFramesDue(at: $0 - 1) } }
        return [plan.load.frameCount, inTime].compactMap { $0 }.min()
    }
}
