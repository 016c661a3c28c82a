import Frames
import Metrics
import Plans
import Traces

/// What a plan will send, for people and for scripts.
public struct RenderReport {
    private let frames: PlannedFrames
    private var plan: TrialPlan { frames.plan }

    public init(_ frames: PlannedFrames) { self.frames = frames }

    // MARK: text

    /// A line for each thing that is to be known before the first frame.
    public func summary(_ style: TextStyle) -> String {
        var lines = [
            (plan.sendsSuperframes ? "Pieces" : "Frames", variety), ("Streams", streams), ("Files", files), ("Sizes", sizes),
            ("Rate", rates), ("Order", order)
        ].filter { !$0.1.isEmpty }.flatMap { style.wrapped("\($0.padded(8))\($1)", indent: 8) }
        lines += notes.flatMap { style.wrapped("Note    \($0)", indent: 8) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var variety: String {
        let counts = frames.program
        return "\(FigureText.count(counts.differentFrames)) different, in \(FigureText.count(counts.flows, "flow"))"
            + (frames.cycleFrames.map { $0 > 1 ? "; a worker's first comes again after \(FigureText.count($0, "frame"))" : "" } ?? "")
    }

    private var sizes: String {
        let mix = plan.mix
        if let makeUp = plan.pieceMakeUp { return "superframes, uncut: \(makeUp)" }
        let mean = ", \(FigureText.tenths(mix.meanSizeBytes)) bytes on average"
        guard mix.isSeveral || mix.hasRecordings else {
            let sizes = plan.frame.sizes
            return "\(SizeWords.plain(sizes)) with FCS" + (sizes.shares.count > 1 ? mean : "")
        }
        return mix.streams.map { "\($0.name) \(SizeWords.plain($0))" }.joined(separator: ", ") + " with FCS\(mean)"
    }

    private var streams: String {
        let mix = plan.mix
        if mix.hasOwnPaces {
            return mix.streams.map { "\($0.name) \(SizeWords.pace($0) ?? "")" }.joined(separator: ", ") + "; what is due first leaves first"
        }
        guard mix.isSeveral else { return "" }
        let shares = mix.streams.reduce(0) { $0 + $1.share }
        return "\(mix.streams.map { "\($0.name) \($0.share)" }.joined(separator: ", ")) of \(shares) frames in a round"
    }

    private var files: String {
        plan.mix.streams.compactMap { stream in stream.replay.map { "\(stream.name): \(SizeWords.recording($0))" } }.joined(separator: "; ")
    }

    private var rates: String {
        guard let rate = plan.load.packetRate else { return "as fast as possible" }
        if plan.sendsSuperframes {
            let words = PieceWords(plan: plan)
            return words.rate(rate.packetsPerSecond) + (frames.totalFrames.map { "; \(words.count($0)) in all" } ?? "")
        }
        let bits = bitRates(rate)
        return "\(rate), \(bits.l2) at layer 2, \(bits.l1) at layer 1"
            + (frames.totalFrames.map { "; \(FigureText.count($0, "frame")) in all" } ?? "")
    }

    private var order: String {
        let workers = plan.transmit.workers
        let runs = plan.transmit.runFrames.map { ", in runs of \($0) of a kind" } ?? ""
        guard workers > 1 else { return "as one worker sends them by \(plan.transmit.engine.rawValue)\(runs)" }
        if plan.mix.hasOwnPaces {
            return "\(workers) workers share one row of frames and take turns at it, by \(plan.transmit.engine.rawValue)"
        }
        return "\(workers) workers take turns by \(plan.transmit.engine.rawValue)\(runs); "
            + (plan.load.packetRate == nil ? "at full speed only each worker's own order holds" : "each sends the whole schedule")
    }

    /// In what the frames of a run differ from these.
    private var notes: [String] {
        var notes = ["the signature's key is drawn by each run, its time is when the frame leaves; the transport checksum follows both"]
        if plan.load.warmupNanoseconds > 0, let cycle = frames.cycleFrames, cycle > 1 {
            notes.append("the window goes on in the cycle where the warm-up ended; with --warmup 0 it begins as shown")
        }
        if plan.sendsSuperframes {
            notes.append("superframes leave their transport checksum to a device: on the link its field holds the pseudo-header's sum")
        } else if plan.transmit.segments != nil, plan.frame.network == .ipv4 {
            notes.append("gso numbers the frames of a slot in ip.id, which is 0 here")
        }
        if !plan.link.isPrivate, plan.mix.streams.contains(where: { $0.frame.sourceAddress == nil || $0.frame.destinationAddress == nil }) {
            notes.append("MAC addresses that the plan doesn't name are those of a private pair here, and the interfaces' own in a run")
        }
        return notes
    }

    private func bitRates(_ rate: PacketRate) -> (l2: BitRate, l1: BitRate) {
        let mean = plan.mix.meanSizeBytes
        return (
            BitRate(bitsPerSecond: rate.packetsPerSecond * mean * 8),
            BitRate(bitsPerSecond: rate.packetsPerSecond * (mean + Double(EthernetWire.overheadBytes)) * 8)
        )
    }

    // MARK: frames

    /// Number, time, length, who to whom, and what else varies; below it every field and byte if they were asked for.
    ///
    /// - Parameter number: from 0.
    public func lines(_ number: UInt64, showsDetails: Bool, showsBytes: Bool, _ style: TextStyle) -> String {
        let frame = frames.frame(number)
        let report = FrameReport(Self.captured(frame), number: number + 1)
        func value(_ name: String) -> String? { report.decoded.values(name).last }
        func end(_ side: String) -> String {
            let port = value("udp.\(side)port") ?? value("tcp.\(side)port")
            guard let address = value("ip.\(side)") ?? value("ipv6.\(side)").map({ "[\($0)]" }), let port else {
                return value("eth.\(side)") ?? "?"
            }
            return "\(address):\(port)"
        }
        var parts = [
            String(repeating: " ", count: max(0, 6 - "\(number + 1)".count)) + "\(number + 1)",
            frame.dueNanoseconds.map { FrameReport.seconds(Int128($0)) } ?? "", "\(frame.bytes.count)", "\(end("src")) → \(end("dst"))"
        ].filter { !$0.isEmpty }
        if plan.mix.isSeveral { parts.insert(plan.mix.streams[frame.stream].name, at: 1) }
        if plan.transmit.workers > 1 { parts.insert("worker \(frame.worker)", at: 1) }
        for tag in report.decoded.values("ieee8021ad.id") + report.decoded.values("vlan.id") { parts.append("VLAN \(tag)") }
        parts += others.compactMap { name in value(name).map { "\(name) \($0)" } }
        var text = parts.joined(separator: "  ") + "\n"
        if showsDetails { text += report.layers(style) + "\n" }
        if showsBytes { text += report.hexDump() + "\n" }
        return text
    }

    /// Fields that vary, and that not every line has.
    private var others: [String] {
        let everywhere = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "srcport", "dstport", "vlan.id", "ieee8021ad.id"]
        let names = plan.mix.streams.flatMap(\.frame.modifiers).flatMap(\.rules).map(\.field)
        return names.filter { name in name.contains(".") && !everywhere.contains { name.hasSuffix($0) } }
    }

    /// A frame as a capture would have it.
    public static func captured(_ frame: PlannedFrames.Frame) -> CapturedFrame {
        var captured = CapturedFrame(timestampNanoseconds: frame.dueNanoseconds ?? 0, bytes: frame.bytes, direction: .outgoing)
        captured.hasTime = frame.dueNanoseconds != nil
        return captured
    }

    // MARK: JSON

    /// `vethmark.render/1`.
    public struct Contents: Encodable {
        var schema = "vethmark.render/1"
        let command: [String]
        let plan: TrialPlan
        let differentFrames: UInt64
        let flows: UInt64
        /// Nil where streams keep paces of their own.
        let cycleFrames: UInt64?
        /// Nil where nothing but the machine's speed says so.
        let totalFrames: UInt64?
        let sizes: [Size]
        let rates: Rates?
        let notes: [String]
        /// Nil where they went into a file.
        let frames: [Frame]?
        let file: String?
        let writtenFrames: UInt64?

        struct Size: Encodable {
            /// FCS counted.
            let sizeBytes: Int
            /// Of all frames, 0 to 1.
            let share: Double
        }

        struct Rates: Encodable {
            let pps: Double
            let l2Bps: Double
            let l1Bps: Double
        }

        struct Frame: Encodable {
            let worker: Int
            let sequence: UInt64
            /// Nil in a load of one.
            let stream: String?
            /// After the window's start; nil at full speed.
            let dueNanoseconds: UInt64?
            /// Hexadecimal, without FCS.
            let bytes: String
            let report: FrameReport

            private enum CodingKeys: CodingKey { case worker, sequence, stream, dueNanoseconds, bytes }

            func encode(to encoder: any Encoder) throws {
                try report.record.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(worker, forKey: .worker)
                try container.encode(sequence, forKey: .sequence)
                try container.encodeIfPresent(stream, forKey: .stream)
                try container.encodeIfPresent(dueNanoseconds, forKey: .dueNanoseconds)
                try container.encode(bytes, forKey: .bytes)
            }
        }
    }

    /// - Parameters:
    ///   - count: how many frames were rendered.
    ///   - file: where they were written; nil has them in the object.
    public func contents(command: [String], count: UInt64, file: String?) -> Contents {
        // A stream's share of all frames, and each size's of it.
        var shares: [Int: Double] = [:]
        for (stream, fraction) in zip(plan.mix.streams, plan.mix.fractions) {
            for size in stream.sizeFractions { shares[size.sizeBytes, default: 0] += size.fraction * fraction }
        }
        let counts = frames.program
        return Contents(
            command: command, plan: plan, differentFrames: counts.differentFrames, flows: counts.flows, cycleFrames: frames.cycleFrames,
            totalFrames: frames.totalFrames,
            sizes: shares.sorted { $0.key < $1.key }.map { .init(sizeBytes: $0.key, share: $0.value) },
            rates: plan.load.packetRate.map {
                let bits = bitRates($0)
                return .init(pps: $0.packetsPerSecond, l2Bps: bits.l2.bitsPerSecond, l1Bps: bits.l1.bitsPerSecond)
            }, notes: notes, frames: file == nil ? (0..<count).map(record) : nil, file: file, writtenFrames: file.map { _ in count })
    }

    private func record(_ number: UInt64) -> Contents.Frame {
        let frame = frames.frame(number)
        return .init(
            worker: frame.worker, sequence: frame.sequence, stream: plan.mix.isSeveral ? plan.mix.streams[frame.stream].name : nil,
            dueNanoseconds: frame.dueNanoseconds,
            bytes: Hexadecimal.text(frame.bytes),
            report: FrameReport(Self.captured(frame), number: number + 1))
    }
}
