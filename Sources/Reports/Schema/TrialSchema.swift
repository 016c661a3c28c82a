import Metrics
import Results

extension TrialResult: SchemaObject {
    public static var schemaMeaning: String { "What one trial came to: one entry of `.trials` in the result file." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("index", \Self.index, "Counts from 0 within a run."),
            .init("startedAtNanoseconds", \Self.startedAtNanoseconds, "Wall clock at the start of the window, nanoseconds since 1970."),
            .init("engine", \Self.engine, "How frames left."),
            .init("receiver", \Self.receiver, "How frames arrived."),
            .init("endedBecause", \Self.endedBecause, "Why it ended."),
            .init("ledger", \Self.ledger, "The book of frames."),
            .init("rates", \Self.rates, "Frames and bits a second."),
            .init("latency", \Self.latency, "How long frames were on their way."),
            .init(
                "reordering", \Self.reordering,
                "How far out of turn frames came. Absent if every frame came in its turn, and where a program in the kernel counts."),
            .init("pacing", \Self.pacing, "How frames were spaced. Absent at full speed."),
            .init("sizes", \Self.sizes, "Frames by length, ascending. Absent in a replay."),
            .init(
                "superframes", \Self.superframes,
                "What superframes hold, with `--superframes`: every other figure is then of superframes, each counted once, and their bytes have no FCS and no preamble. Absent where frames were sent."
            ),
            .init("streams", \Self.streams, "Each stream's part, in the plan's order. Absent for a load of one."),
            .init("workers", \Self.workers, "One entry for each thread."),
            .init("intervals", \Self.intervals, "Lines of progress, kept; empty in a sweep."),
            .init("evidence", \Self.evidence, "The kernel's own counters over the window."),
            .init(
                "warmupFrames", \Self.warmupFrames,
                "Sent in the warm-up, which are in no other figure: a listener sees them all the same. Absent without one."),
            .init("trusted", \Self.trusted, "True only if the book closed and no warning of this trial voids it.")
        ]
    }
}

extension SuperframeResult: SchemaObject {
    public static var schemaMeaning: String { "What the superframes of a trial hold." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("segmentBytes", \Self.segmentBytes, "Payload of a segment (`gso_size`)."),
            .init("superframeBytes", \Self.superframeBytes, "A whole superframe, headers included; there is no FCS."),
            .init("sentSegments", \Self.sentSegments, "Segments of the sent superframes."),
            .init(
                "receivedSegments", \Self.receivedSegments,
                "What the received superframes would be cut into, each by its own length and `gso_size` as the receiving socket told them."),
            .init("txSegmentsPerSecond", \Self.txSegmentsPerSecond, "Sent segments over the window."),
            .init("rxSegmentsPerSecond", \Self.rxSegmentsPerSecond, "Received segments over the time of `rxPps`."),
            .init(
                "rxPayloadBps", \Self.rxPayloadBps,
                "Bits a second behind the headers of the received superframes: what a TCP user would call throughput.")
        ]
    }
}

extension TrialResult.Rates: SchemaObject {
    public static var schemaMeaning: String { "Frames and bits a second of a trial." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("txPps", \Self.txPps, "Sent frames over the window."),
            .init(
                "rxPps", \Self.rxPps,
                "Frames that came, altered ones too, over the window, or over the longer time from the first to the last of them."),
            .init("txL2Bps", \Self.txL2Bps, "Sent bits a second at layer 2, each frame with an FCS."),
            .init("rxL2Bps", \Self.rxL2Bps, "Received bits a second at layer 2, each frame with an FCS."),
            .init("rxL1Bps", \Self.rxL1Bps, "Layer 1: layer 2 plus preamble, start delimiter and inter-frame gap, 20 bytes a frame."),
            .init(
                "durationNanoseconds", \Self.durationNanoseconds,
                "The measured window: from the common start to the last worker's last kernel call."),
            .init(
                "receiveDurationNanoseconds", \Self.receiveDurationNanoseconds,
                "`durationNanoseconds`, or longer where frames took longer from the first to the last arrival. How long the path holds each of them is not in it."
            )
        ]
    }
}

extension TrialResult.Latency: SchemaObject {
    public static var schemaMeaning: String { "How long the frames of a trial were on their way." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "of", \Self.of,
                "How many received frames carried a send time. All of them have a latency in `path`, or the result is void. Absent if not measured."
            ),
            .init("clock", \Self.clock, "Where receive times were taken. Absent if not measured."),
            .init(
                "clockOffset", \Self.clockOffset,
                "How receive times of another host became the sender's. Absent where both ends are on one host, and if not measured."),
            .init(
                "negative", \Self.negative,
                "Frames that seem to have come before they were sent; they are in no other figure. Absent if not measured."),
            .init("overflow", \Self.overflow, "Frames slower than 68.7 s, which percentiles only know as that. Absent if not measured."),
            .init("path", \Self.path, "Receive timestamp minus send timestamp."),
            .init(
                "unbatched", \Self.unbatched,
                "The same, of those frames only that went to the kernel alone in their call, so that no frame of the same batch stood before them. Not measured (count 0) at a rate, and by engines without calls."
            ),
            .init("response", \Self.response, "Receive timestamp minus *planned* send time. Not measured (count 0) without a rate."),
            .init("sendLag", \Self.sendLag, "Actual minus planned send time. Not measured (count 0) without a rate."),
            .init("pathHistogram", \Self.pathHistogram, "The bars behind `path`, for drawing: doubling bounds."),
            .init("responseHistogram", \Self.responseHistogram, "The bars behind `response`."),
            .init(
                "pathOverTime", \Self.pathOverTime,
                "`path` in each interval. Absent if not measured, and in a sweep.")
        ]
    }
}

extension ClockAgreement: SchemaObject {
    public static var schemaMeaning: String { "How far the clocks of two hosts were apart in a trial." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "method", \Self.method,
                "`same-kernel` for two hosts under one kernel, which has one clock; `exchange` for questions and answers over the control connection."
            ),
            .init(
                "offsetNanoseconds", \Self.offsetNanoseconds,
                "The receiving host's clock less the sending one's, in the middle of the window. It was taken off the receive times."),
            .init(
                "errorNanoseconds", \Self.errorNanoseconds,
                "By how much that may be wrong: the greatest in the window, if the clocks ran apart evenly between two measurements."),
            .init(
                "driftPPM", \Self.driftPPM, "How much faster the receiving host's clock ran, parts of a million. Absent if not measured.")
        ]
    }
}

extension LatencyOverTime: SchemaObject {
    public static var schemaMeaning: String {
        "How latency went over a trial: a histogram for each interval of its window, and of what came behind it."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "bounds", \Self.bounds,
                "Nanoseconds, ascending: class n holds what lay in `bounds[n] ..< bounds[n + 1]`. Four classes make a doubling; below 1,024 ns each is 256 ns wide. What was slower than 68.7 s is in the class that ends there."
            ),
            .init(
                "intervals", \Self.intervals,
                "From the start of the window on, without a gap, as long as `run.interval` says; at most 120, in longer trials each is twice as long, or four times, and so on."
            )
        ]
    }
}

extension LatencyOverTime.Interval: SchemaObject {
    public static var schemaMeaning: String { "Path latency in one interval." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("startNanoseconds", \Self.startNanoseconds, "From the start of the window."),
            .init("endNanoseconds", \Self.endNanoseconds, "From the start of the window."),
            .init(
                "p50", \Self.p50,
                "The median, at most 3.2 % or 32 ns beside the exact one. Nanoseconds; absent if nothing came."),
            .init(
                "p99", \Self.p99,
                "The 99th percentile, at most 3.2 % or 32 ns beside the exact one. Nanoseconds; absent if nothing came."),
            .init("counts", \Self.counts, "Frames in each class. Over all intervals they add up to `path.count`.")
        ]
    }
}

extension SizeResult: SchemaObject {
    public static var schemaMeaning: String { "Frames of one length." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("sizeBytes", \Self.sizeBytes, "FCS counted."),
            .init("sent", \Self.sent, "Frames that left."),
            .init("received", \Self.received, "Distinct frames that came with this length, altered ones too; absent if nobody looked.")
        ]
    }
}

extension WorkerResult: SchemaObject {
    public static var schemaMeaning: String { "One transmit or receive worker: a pinned thread with its own socket and ring." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("role", \Self.role, "Which side."),
            .init("index", \Self.index, "Counts from 0 within its role."),
            .init("host", \Self.host, "The host that it ran on, where that isn't the sender's; absent elsewhere."),
            .init("cpu", \Self.cpu, "The CPU the thread was pinned to."),
            .init(
                "ranOn", \Self.ranOn,
                "Where it was seen at the ends of the window: another CPU if somebody moved it (taskset(1)). Absent if not measured."),
            .init("node", \Self.node, "The NUMA node of that CPU."),
            .init("ringNode", \Self.ringNode, "The node that holds the ring's pages, as the kernel answered; absent if it would not say."),
            .init("histogramNode", \Self.histogramNode, "The node that holds the histogram's and tracker's pages. Absent if not measured."),
            .init("ringBytes", \Self.ringBytes, "Memory of its ring."),
            .init("frames", \Self.frames, "Sent, or received."),
            .init(
                "segmentedFrames", \Self.segmentedFrames,
                "Of the sent frames, those that the stack cut out of a slot with others (`gso`); the rest went one by one. Absent if not measured."
            ),
            .init("systemCalls", \Self.systemCalls, "System calls that moved frames (transmit: send; receive: poll)."),
            .init("retries", \Self.retries, "Calls that the kernel ended with ENOBUFS or EAGAIN, the frame staying in its slot."),
            .init("ringDrops", \Self.ringDrops, "`tp_drops` of this socket."),
            .init("userNanoseconds", \Self.userNanoseconds, "CPU time in user mode during the window."),
            .init("systemNanoseconds", \Self.systemNanoseconds, "CPU time in system mode during the window."),
            .init("wallNanoseconds", \Self.wallNanoseconds, "The window's length as this thread saw it. Absent if not measured."),
            .init("runNanoseconds", \Self.runNanoseconds, "Of it on a CPU (`/proc/thread-self/schedstat`). Absent if not measured."),
            .init("waitNanoseconds", \Self.waitNanoseconds, "Of it ready to run and waiting for a CPU. Absent if not measured."),
            .init(
                "sleptNanoseconds", \Self.sleptNanoseconds,
                "Time in which it slept of its own will: at a rate, or while the kernel took nothing. Absent if not measured."),
            .init(
                "idleNanoseconds", \Self.idleNanoseconds,
                "Of a sender at full speed: how long others sent while it had not begun yet, or had ended already. Absent elsewhere.")
        ]
    }
}

extension IntervalResult: SchemaObject {
    public static var schemaMeaning: String { "One line of live progress, kept." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("startNanoseconds", \Self.startNanoseconds, "From the start of the window."),
            .init("endNanoseconds", \Self.endNanoseconds, "From the start of the window."),
            .init("sent", \Self.sent, "Frames that left in it."),
            .init("received", \Self.received, "Frames that came in it."),
            .init("txPps", \Self.txPps, "Frames that left a second."),
            .init("rxPps", \Self.rxPps, "Frames that came a second.")
        ]
    }
}

extension PacingResult: SchemaObject {
    public static var schemaMeaning: String {
        "How the frames of a paced trial were spaced: `.trials[].pacing`. What nobody measured is absent."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "granularity", \Self.granularity,
                "What leaves when it is due: each `frame`, or a `slot` of all that are due, out of which the stack cuts them. Absent in results of before it was kept."
            ),
            .init(
                "interDeparture", \Self.interDeparture,
                "From one frame of a transmit worker to its next, by the times that they were stamped with, nanoseconds. Absent if not measured."
            ),
            .init(
                "interArrival", \Self.interArrival,
                "The same where they came in, in the order in which they came and by the clock of `.latency.clock`. Absent if not measured."
            ),
            .init("bursts", \Self.bursts, "Runs of frames of one worker that followed each other closely."),
            .init("sendLag", \Self.sendLag, "Actual minus planned send time, as `.latency.sendLag`. Absent if not measured."),
            .init("interDepartureHistogram", \Self.interDepartureHistogram, "The bars behind `interDeparture`. Absent if not measured."),
            .init("interArrivalHistogram", \Self.interArrivalHistogram, "The bars behind `interArrival`. Absent if not measured.")
        ]
    }
}

extension PacingResult.Bursts: SchemaObject {
    public static var schemaMeaning: String { "Runs of frames of one worker that followed each other closely." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("gapNanoseconds", \Self.gapNanoseconds, "By less than this: half of a worker's mean gap."),
            .init("departing", \Self.departing, "Frames in each, as the sender stamped them. Absent if not measured."),
            .init("arriving", \Self.arriving, "As they came in. Absent if not measured.")
        ]
    }
}

extension Ledger: SchemaObject {
    public static var schemaMeaning: String {
        "The book of frames: every frame that was offered ends in exactly one row.  offered = notOffered + refused + sent sent    = linkDropped + receiverDropped + received + altered + inFlightAtEnd + residual  `duplicates`, `reordered` and `foreign` describe what came in besides; they move no frame from one row to another."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("offered", \Self.offered, "Frames the plan asked for by the schedule."),
            .init("notOffered", \Self.notOffered, "Frames that fell due while the generator was behind, and were never filled in."),
            .init("refused", \Self.refused, "Frames filled in that the kernel would not take."),
            .init("sent", \Self.sent, "Frames the kernel took: their slot came back."),
            .init("linkDropped", \Self.linkDropped, "Sent frames that the link (veth, backlog, XDP) dropped."),
            .init("receiverDropped", \Self.receiverDropped, "Sent frames that found the receiver's ring full."),
            .init("received", \Self.received, "Distinct frames with a valid signature that came as they left."),
            .init(
                "altered", \Self.altered,
                "Distinct frames with a valid signature that came with another length, or a damaged payload. Absent in results of before it was counted: 0."
            ).inNewResults,
            .init(
                "inFlightAtEnd", \Self.inFlightAtEnd,
                "Sent frames that were still on their way when the drain gave up waiting. Absent in results of before it was counted: 0."
            ).inNewResults,
            .init("duplicates", \Self.duplicates, "Further copies of frames that were received already."),
            .init("reordered", \Self.reordered, "Received frames with a sequence number below one already seen (RFC 4737 section 3.3)."),
            .init("foreign", \Self.foreign, "Frames without our signature."),
            .init("residual", Int64.self, "What no row explains: anything but 0 makes the result untrusted."),
            .init("lost", UInt64.self, "Sent, and neither received nor on its way any more."),
            .init("lossRatio", Double.self, "`lost` over `sent`; 0 if nothing was sent.")
        ]
    }
}

extension ReorderingResult: SchemaObject {
    public static var schemaMeaning: String {
        "How far out of turn frames came (RFC 4737, RFC 5236): each transmit worker's sequence as each reader saw it, added up."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("ratio", \Self.ratio, "Reordered frames over all that came (section 4.1.1), 0 to 1."),
            .init(
                "meanExtent", \Self.meanExtent,
                "Of reordered frames, how many frames had come since the first one that left later (section 4.2.1). Without a unit: frames."
            ),
            .init("maximumExtent", \Self.maximumExtent, "The greatest of those."),
            .init(
                "nReordered", \Self.nReordered,
                "n-reordering (section 5.3): place 0 counts frames right behind at least one that left later, place 1 behind at least two, and so on, up to 16. Those from the third place on look like loss to a TCP with a duplicate threshold of 3."
            ),
            .init(
                "cutFrames", \Self.cutFrames,
                "Frames whose extent may be larger than counted, for more runs of frames had come out of turn than are remembered (1,024). Absent if none."
            ),
            .init(
                "density", \Self.density,
                "Reorder density and reorder buffer-occupancy density (RFC 5236). Absent in results of versions that didn't record it.")
        ]
    }
}

extension ReorderDensityResult: SchemaObject {
    public static var schemaMeaning: String {
        "How far from their places frames came, and how full a buffer would be that puts them in order (RFC 5236)."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init(
                "threshold", \Self.threshold,
                "Displacement threshold DT and buffer-occupancy threshold BT (sections 3.4 and 3.9), in frames: what is further off counts as lost."
            ),
            .init(
                "displacement", \Self.displacement,
                "RD (section 3.6): frames by displacement, their receive index less their sequence number. Negative is early, 0 in its place, positive late."
            ),
            .init(
                "displacedBeyond", \Self.displacedBeyond, "Frames displaced by more than the threshold; they are in no row. Absent if none."
            ),
            .init(
                "occupancy", \Self.occupancy,
                "RBD (section 3.11): frames by how many were held, once each had come, in a buffer that waits for those missing. A lost frame fills it up to the threshold."
            ),
            .init(
                "heldBeyond", \Self.heldBeyond,
                "Frames that came when the buffer, full, no longer waited for them; they are in no row. Absent if none.")
        ]
    }
}

extension ReorderDensityResult.Bin: SchemaObject {
    public static var schemaMeaning: String { "One value that frames had." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("value", \Self.value, "A displacement, or how many frames were held. Without a unit: frames."),
            .init("frames", \Self.frames, "How many frames had it."),
            .init("density", \Self.density, "Those over all frames that have a row, 0 to 1.")
        ]
    }
}

extension LatencySummary: SchemaObject {
    public static var schemaMeaning: String {
        "What a latency histogram comes to, in nanoseconds. `count` 0 means not measured: the other figures are then absent, not zero."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("count", \Self.count, "How many were measured; 0 means not measured, and the other figures are absent then."),
            .init("min", \Self.min, "The smallest; absent if not measured."),
            .init("p50", \Self.p50, "The median; absent if not measured."),
            .init("p90", \Self.p90, "The 90th percentile; absent if not measured."),
            .init("p99", \Self.p99, "The 99th percentile; absent if not measured."),
            .init("p999", \Self.p999, "The 99.9th percentile; absent if not measured."),
            .init("p9999", \Self.p9999, "The 99.99th percentile; absent if not measured."),
            .init("max", \Self.max, "The largest; absent if not measured."),
            .init("mean", \Self.mean, "The mean; absent if not measured.")
        ]
    }
}

extension HistogramBar: SchemaObject {
    public static var schemaMeaning: String { "One bar: how many values lay in `lower ..< upper`, nanoseconds." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("lower", \Self.lower, "From this, in nanoseconds; of bursts, in frames."),
            .init("upper", \Self.upper, "Below this."),
            .init("count", \Self.count, "How many values lay in it.")
        ]
    }
}

extension StreamResult: SchemaObject {
    public static var schemaMeaning: String { "One stream of a trial: one entry of `.trials[].streams`. What nobody counted is absent." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "As the plan calls it."),
            .init(
                "share", \Self.share,
                "Frames in a round of all streams'; where they have shapes of their own, of a thousand frames on average, rounded."),
            .init("ledger", \Self.ledger, "Its part of the book."),
            .init("rates", \Self.rates, "Its frames and bits a second."),
            .init("latency", \Self.latency, "How long its frames were on their way. Absent if nobody looked."),
            .init(
                "pacing", \Self.pacing,
                "How its frames were spaced, one of a worker's to that worker's next. Absent where streams have no shapes of their own.")
        ]
    }
}

extension StreamResult.Book: SchemaObject {
    public static var schemaMeaning: String {
        "A stream's part of the book. Which row of drops a frame is in can't be told by stream: what never came is `lost`."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("sent", \Self.sent, "Frames that left, by the schedule's order."),
            .init("received", \Self.received, "Distinct frames that came as they left. Absent if nobody looked."),
            .init("altered", \Self.altered, "Distinct frames that came with another length or payload. Absent if nobody looked."),
            .init("lost", \Self.lost, "Sent and never seen. Absent if nobody looked."),
            .init("lossRatio", \Self.lossRatio, "Lost over sent frames, 0 to 1. Absent if nobody looked."),
            .init("duplicates", \Self.duplicates, "Further copies of frames. Absent if nobody looked."),
            .init(
                "reordered", \Self.reordered, "Frames that came behind a later one of their own stream (RFC 4737). Absent if nobody looked."
            )
        ]
    }
}

extension StreamResult.Rates: SchemaObject {
    public static var schemaMeaning: String { "Frames and bits a second of a stream." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("txPps", \Self.txPps, "Sent frames a second over the window."),
            .init("rxPps", \Self.rxPps, "Frames that came a second, altered ones too. Absent if nobody looked."),
            .init("txL2Bps", \Self.txL2Bps, "Sent bits a second at layer 2, each frame with an FCS."),
            .init("rxL2Bps", \Self.rxL2Bps, "Received bits a second at layer 2, each frame with an FCS. Absent if nobody looked.")
        ]
    }
}

extension StreamResult.Latency: SchemaObject {
    public static var schemaMeaning: String { "How long the frames of a stream were on their way." }
    public static var schemaKeys: [SchemaKey] {
        [.init("path", \Self.path, "Receive timestamp minus send timestamp, nanoseconds.")]
    }
}
