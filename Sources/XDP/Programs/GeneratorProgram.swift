import Frames
import Kernel
import Memory
import Traffic

/// An XDP program that makes the frames of one worker: run on live frames, each leaves with the next sequence number, the
/// time, and what the schedule says for that number, byte for byte as the `ring` engine would send it.
///
/// One program, state and table a worker: two threads must not run the same one.
public struct GeneratorProgram: ~Copyable, Sendable {
    public let program: BPFProgram
    /// What each live frame holds before the first run: the schedule's longest frame.
    public let frame: [UInt8]
    /// How many frames before their sizes come again.
    public let cycle: Int
    /// What tells the frames, where they are patched.
    private let rules: FrameProgram?
    private let state: MappedMemory
    private let stateMap: BPFMap
    private let tableMap: BPFMap

    /// - Parameters:
    ///   - templates: the schedule's frames in order, of one recipe; at least one.
    ///   - rules: where there are too many frames for a row each: what the program works out of each one's fields. `templates` are its bases then.
    ///   - node: the NUMA node for state and table; nil leaves it to the kernel.
    /// - Throws: `ProgramError.frameTooLarge` for what no live frame can hold, or as the kernel refuses.
    public init(
        templates: [FrameTemplate], rules: FrameProgram? = nil, stream: StreamIdentifier, settings: GeneratorSettings, node: Int? = nil
    ) throws(ProgramError) {
        let table = TemplateTable(templates, holdsHeaders: settings.rewritesHeaders, headerSums: rules?.ipSums ?? [])
        // Behind the rows stand the fields' lists, in this machine's byte order as well.
        var values = table.rows + [UInt8](repeating: 0, count: 8 * (rules?.tables.count ?? 0))
        for (position, number) in (rules?.tables ?? []).enumerated() {
            values.write { $0.storeBytes(of: number, toByteOffset: table.rows.count + 8 * position, as: UInt64.self) }
        }
        guard table.frame.count <= LiveFrames.maximumFrameBytes else {
            throw .frameTooLarge(bytes: table.frame.count, maximumBytes: LiveFrames.maximumFrameBytes)
        }
        let stateBytes = GeneratorState.byteCount(wheels: rules?.wheels.count ?? 0)
        let stateMap = try BPFMap(.sharedArray, name: "generator_state", valueBytes: stateBytes, node: node)
        let tableMap = try BPFMap(
            .array, name: "generator_table", valueBytes: values.count, node: node, isReadOnlyForPrograms: true)
        try tableMap.fill(values)
        let state = try stateMap.mapped()
        let code = GeneratorCode(
            table: table, rules: rules, stampPoint: templates[0].stampPoint, settings: settings, stateDescriptor: stateMap.descriptor.raw,
            tableDescriptor: tableMap.descriptor.raw)
        let program = try BPFProgram(name: "vethmark_make", code.program())
        self.program = program
        self.state = state
        self.stateMap = stateMap
        self.tableMap = tableMap
        frame = table.frame
        cycle = templates.count
        self.rules = rules
        restart(stream: stream)
        if case .now(let offset) = settings.timestamp { setClock(offsetNanoseconds: offset) }
    }

    /// What is added to CLOCK_MONOTONIC for the timestamps of frames from here on. Not while frames leave.
    public borrowing func setClock(offsetNanoseconds: Int64) {
        state.window.store(offsetNanoseconds, at: GeneratorState.clockOffset)
    }

    /// The next frame belongs to `stream` and has this sequence number. Not while frames leave.
    public borrowing func restart(stream: StreamIdentifier, sequence: UInt64 = 0) {
        let head = Signature.head(stream, 0)
        state.window.store(head, at: GeneratorState.signatureHead)
        state.window.store(sequence % UInt64(cycle), at: GeneratorState.row)
        state.window.store(sequence, at: GeneratorState.sequence)
        state.window.store(UInt64.max, at: GeneratorState.limit)
        state.window.store(0 as UInt64, at: GeneratorState.untilClock)
        state.window.store(0 as UInt64, at: GeneratorState.untilStamp)
        state.window.store(0 as UInt64, at: GeneratorState.place)
        state.window.store(0 as UInt64, at: GeneratorState.random)
        state.window.store(0 as UInt64, at: GeneratorState.firstNanoseconds)
        state.window.store(0 as UInt64, at: GeneratorState.lastNanoseconds)
        guard let rules else { return }
        let place = FramePlace(sequence, in: rules)
        let skipped = sequence % rules.cycleFrames / rules.stretch
        state.window.store(place.untilSkip, at: GeneratorState.untilSkip)
        state.window.store(rules.cycleFrames / rules.stretch - skipped, at: GeneratorState.skipsLeft)
        for (wheel, count) in place.counts.enumerated() { state.window.store(count, at: GeneratorState.counts + 8 * wheel) }
    }

    /// The sequence number behind the last frame that is asked for, so that this one's time is known wherever it stands between two readings of
    /// the clock. Not while frames leave.
    public borrowing func setLimit(_ frames: UInt64) { state.window.store(frames, at: GeneratorState.limit) }

    /// How a paced program goes on from here. Not while frames leave.
    ///
    /// - Parameters:
    ///   - dueNanoseconds: of the next frame, CLOCK_MONOTONIC.
    ///   - intervalNanoseconds: to the one after it; kept to 2⁻³² ns, so that a billion frames drift by less than a nanosecond.
    ///   - limit: the sequence number that is made no more.
    public borrowing func setPace(dueNanoseconds: UInt64, intervalNanoseconds: Double, limit: UInt64) {
        let whole = intervalNanoseconds.rounded(.down)
        state.window.store(dueNanoseconds, at: GeneratorState.due)
        state.window.store(0 as UInt64, at: GeneratorState.dueFraction)
        state.window.store(UInt64(whole), at: GeneratorState.interval)
        state.window.store(UInt64((intervalNanoseconds - whole) * 4_294_967_296), at: GeneratorState.intervalFraction)
        state.window.store(limit, at: GeneratorState.limit)
    }

    /// The next frame's sequence number: how many were made since it was 0. Any thread may look while frames leave.
    ///
    /// Made isn't sent: a frame that the peer's ring has no place for is dropped after it got its number, and counts
    /// in `tx_queue_N_xdp_xmit_errors` (ethtool statistics), which comes out too low where several CPUs send into one queue:
    /// `veth_xdp_xmit` adds to it after it gave the ring's lock back.
    public var nextSequence: UInt64 { SharedWord.load(state.window, at: GeneratorState.sequence) }

    /// When frame 0 and the last one were made, by the clock of their signatures; nil before, and of frames with a fixed time. Where not every frame
    /// carries the time and nobody set a limit, the last one's is that of one up to 63 frames before it.
    public var firstNanoseconds: UInt64? { time(GeneratorState.firstNanoseconds) }
    public var lastNanoseconds: UInt64? { time(GeneratorState.lastNanoseconds) }

    private borrowing func time(_ offset: Int) -> UInt64? {
        let nanoseconds = SharedWord.load(state.window, at: offset)
        return nanoseconds == 0 ? nil : nanoseconds
    }
}
