import Frames
import Kernel
import Traffic

/// An XDP program that makes the frames of one worker: run on live frames, each leaves with the next sequence number, the
/// time, and what the schedule says for that number, byte for byte as the `ring` engine would send it.
///
/// One program, state and table a worker: two threads must not run the same one.
public struct GeneratorProgram: ~Copyable, Sendable {
    public let program: BPFProgram
    /// What each live frame holds before the first run: the schedule's longest frame.
    public let frame: [UInt8]
    /// How many frames before the first comes again.
    public let cycle: Int
    private let state: MappedMemory
    private let stateMap: BPFMap
    private let tableMap: BPFMap

    /// - Parameters:
    ///   - templates: the schedule's frames in order, of one recipe; at least one.
    ///   - node: the NUMA node for state and table; nil leaves it to the kernel.
    /// - Throws: `ProgramError.frameTooLarge` for what no live frame can hold, or as the kernel refuses.
    public init(
        templates: [FrameTemplate], stream: StreamIdentifier, settings: GeneratorSettings, node: Int? = nil
    ) throws(ProgramError) {
        let table = TemplateTable(templates, holdsHeaders: settings.rewritesHeaders)
        guard table.frame.count <= LiveFrames.maximumFrameBytes else {
            throw .frameTooLarge(bytes: table.frame.count, maximumBytes: LiveFrames.maximumFrameBytes)
        }
        let stateMap = try BPFMap(.sharedArray, name: "generator_state", valueBytes: GeneratorState.byteCount, node: node)
        let tableMap = try BPFMap(
            .array, name: "generator_table", valueBytes: table.rows.count, node: node, isReadOnlyForPrograms: true)
        try tableMap.fill(table.rows)
        let state = try stateMap.mapped()
        let code = GeneratorCode(
            table: table, stampPoint: templates[0].stampPoint, settings: settings, stateDescriptor: stateMap.descriptor.raw,
            tableDescriptor: tableMap.descriptor.raw)
        let program = try BPFProgram(name: "vethmark_make", code.program())
        self.program = program
        self.state = state
        self.stateMap = stateMap
        self.tableMap = tableMap
        frame = table.frame
        cycle = templates.count
        restart(stream: stream)
        if case .now(let offset) = settings.timestamp { setClock(offsetNanoseconds: offset) }
    }

    /// What is added to CLOCK_MONOTONIC for the timestamps of frames from here on. Not while frames leave.
    public borrowing func setClock(offsetNanoseconds: Int64) {
        state.base.storeBytes(of: offsetNanoseconds, toByteOffset: GeneratorState.clockOffset, as: Int64.self)
    }

    /// The next frame belongs to `stream` and has this sequence number. Not while frames leave.
    public borrowing func restart(stream: StreamIdentifier, sequence: UInt64 = 0) {
        let head = Signature.head(stream, 0)
        state.base.storeBytes(of: head, toByteOffset: GeneratorState.signatureHead, as: UInt64.self)
        state.base.storeBytes(of: sequence % UInt64(cycle), toByteOffset: GeneratorState.row, as: UInt64.self)
        state.base.storeBytes(of: sequence, toByteOffset: GeneratorState.sequence, as: UInt64.self)
        state.base.storeBytes(of: 0, toByteOffset: GeneratorState.firstNanoseconds, as: UInt64.self)
        state.base.storeBytes(of: 0, toByteOffset: GeneratorState.lastNanoseconds, as: UInt64.self)
    }

    /// How a paced program goes on from here. Not while frames leave.
    ///
    /// - Parameters:
    ///   - dueNanoseconds: of the next frame, CLOCK_MONOTONIC.
    ///   - intervalNanoseconds: to the one after it; kept to 2⁻³² ns, so that a billion frames drift by less than a nanosecond.
    ///   - limit: the sequence number that is made no more.
    public borrowing func setPace(dueNanoseconds: UInt64, intervalNanoseconds: Double, limit: UInt64) {
        let whole = intervalNanoseconds.rounded(.down)
        state.base.storeBytes(of: dueNanoseconds, toByteOffset: GeneratorState.due, as: UInt64.self)
        state.base.storeBytes(of: 0, toByteOffset: GeneratorState.dueFraction, as: UInt64.self)
        state.base.storeBytes(of: UInt64(whole), toByteOffset: GeneratorState.interval, as: UInt64.self)
        state.base.storeBytes(
            of: UInt64((intervalNanoseconds - whole) * 4_294_967_296), toByteOffset: GeneratorState.intervalFraction, as: UInt64.self)
        state.base.storeBytes(of: limit, toByteOffset: GeneratorState.limit, as: UInt64.self)
    }

    /// The next frame's sequence number: how many were made since it was 0. Any thread may look while frames leave.
    ///
    /// Made isn't sent: a frame that the peer's ring has no place for is dropped after it got its number, and counts
    /// in `tx_queue_N_xdp_xmit_errors` (ethtool statistics), which comes out too low where several CPUs send into one queue:
    /// `veth_xdp_xmit` adds to it after it gave the ring's lock back.
    public var nextSequence: UInt64 { SharedWord.load(state.base, at: GeneratorState.sequence) }

    /// The times that frame 0 and the last one made carry, by the clock of their signatures; nil before, and of frames with a fixed time.
    public var firstNanoseconds: UInt64? { time(GeneratorState.firstNanoseconds) }
    public var lastNanoseconds: UInt64? { time(GeneratorState.lastNanoseconds) }

    private borrowing func time(_ offset: Int) -> UInt64? {
        let nanoseconds = SharedWord.load(state.base, at: offset)
        return nanoseconds == 0 ? nil : nanoseconds
    }
}
