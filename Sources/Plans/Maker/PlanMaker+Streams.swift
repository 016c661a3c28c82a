import Metrics
import Traffic

extension PlanMaker {
    /// The streams that were asked for, each with the plan's own frame below it; nil where there is one load only.
    mutating func makeStreams() -> [TrialPlan.Stream]? {
        guard let asked = draft.frame.streams else { return nil }
        let clock = asked.hasOwnPaces ? makeStreamClock(asked) : nil
        let shares = clock == nil ? makeShares(asked) : asked.map { _ in 1 }
        var streams: [TrialPlan.Stream] = []
        for (stream, share) in zip(asked, shares) {
            var own = stream.replay == nil ? draft.applying(stream.settings) : PlanDraft()
            own.frame.streams = nil
            own.load.shape = stream.shape
            own.load.rate = stream.rate.map(RateRequest.packets)
            var maker = PlanMaker(draft: own, limits: limits)
            var made = TrialPlan.Stream(name: stream.name, share: share, frame: maker.makeFrame())
            if let path = stream.replay {
                maker.makeRecording(of: &made, path: path, mtuBytes: draft.link.mtuBytes ?? PlanDefaults.mtuBytes)
            }
            if let clock { maker.makePace(of: &made, clock) }
            streams.append(made)
            for error in maker.errors {
                let words: [String?] = [
                    error.field == .shape ? "a shape that is" : error.field == .rate ? "a rate that is" : nil, error.found
                ]
                refuse(
                    [.shape, .rate].contains(error.field) ? .streams : error.field,
                    found: error.found.map { _ in words.compactMap { $0 }.joined(separator: " ") + " in stream \(stream.name)" },
                    allowed: error.allowed, remedy: error.advice)
            }
        }
        if clock != nil {
            for (position, fraction) in TrafficMix(streams).fractions.enumerated() {
                streams[position].share = max(1, Int((fraction * 1000).rounded()))
            }
        }
        let cycle = TrafficMix(streams).slotCycle
        if cycle > FrameSchedule.maximumCycle {
            refuse(
                .streams, found: "such that \(cycle) slots pass before sizes and streams come again",
                allowed: "such that at most \(FrameSchedule.maximumCycle) do",
                remedy: "use shares and sizes whose counts have common factors, or rates and a shape (shape=poisson), for which any do")
        }
        return streams
    }

    /// What streams' shapes have to know of the load.
    private struct StreamClock {
        var lineRate: BitRate?
        /// Of the window; nil without an end.
        var durationNanoseconds: UInt64?
    }

    /// Refuses what shapes can't be had with. What is wrong with the load itself is told by whoever makes that.
    private mutating func makeStreamClock(_ asked: [StreamRequest]) -> StreamClock {
        for stream in asked where stream.rate == nil && stream.shape?.hasOwnRates != true {
            refuse(
                .streams, found: "with \(stream.shape.map { "shape \($0) and " } ?? "")no rate in stream \(stream.name)",
                allowed: "with a rate for each stream, or a shape that has rates of its own, where one has a shape",
                remedy: "give it a rate as well, as in rate=10kpps")
        }
        for stream in asked where stream.rate != nil && stream.shape?.hasOwnRates == true {
            refuse(
                .streams, found: "with rate and shape \(stream.shape!) in stream \(stream.name)",
                allowed: "without a rate beside a shape that has rates of its own", remedy: "leave the rate out")
        }
        if draft.load.rate != nil, draft.load.rate != .max { refuseRateBesideStreams() }
        var maker = self
        return StreamClock(lineRate: maker.makeLineRate(), durationNanoseconds: maker.makePlannedDuration())
    }

    /// The frames of a stream's file.
    private mutating func makeRecording(of stream: inout TrialPlan.Stream, path: String, mtuBytes: Int) {
        do throws(Recording.Problem) {
            let recording = try Recording(path: path, mtuBytes: mtuBytes)
            stream.frame.sizes = recording.sizes ?? stream.frame.sizes
            stream.replay = recording
        } catch {
            refuse(.streams, found: "with replay \(path.onOneLine), \(error.found),", allowed: error.allowed, remedy: error.remedy)
        }
    }

    /// The rate and shape of a stream's own, as this maker's draft asks for them.
    private mutating func makePace(of stream: inout TrialPlan.Stream, _ clock: StreamClock) {
        let shape = draft.load.shape ?? .constant
        // Both were refused already.
        guard shape.hasOwnRates != (draft.load.rate != nil) else { return }
        if shape == .recorded, stream.replay != nil { return makeRecordedPace(of: &stream) }
        let planned = makeShape(
            draft.load.rate ?? .max, clock.lineRate, TrafficMix([stream]), durationNanoseconds: clock.durationNanoseconds)
        let rate = planned.course.map { PacketRate(packetsPerSecond: $0.meanPps) }
        checkPeak(shape, rate ?? draft.load.rate?.packets)
        // Nil where the shape was refused.
        guard let own = rate.map(RateRequest.packets) ?? draft.load.rate else { return }
        (stream.rate, stream.shape, stream.course) = (own, shape, planned.course)
    }

    /// The file's own times.
    private mutating func makeRecordedPace(of stream: inout TrialPlan.Stream) {
        guard let rate = stream.replay?.meanRate else {
            return refuse(
                .streams, found: "with shape recorded and frames without times that differ", allowed: "with such times, to keep them",
                remedy: "give it a rate and another shape")
        }
        (stream.rate, stream.shape) = (.packets(rate), .recorded)
    }

    /// The rate of all streams together, where each has its own.
    func streamRate(_ mix: TrafficMix) -> PacketRate? {
        guard !mix.hasOwnPaces else {
            return PacketRate(packetsPerSecond: mix.streams.reduce(0) { $0 + ($1.pace?.rate.packetsPerSecond ?? 0) })
        }
        guard let rates = draft.frame.streams?.map(\.rate), !rates.isEmpty, !rates.contains(nil) else { return nil }
        return PacketRate(packetsPerSecond: rates.reduce(0) { $0 + $1!.packetsPerSecond })
    }

    private mutating func makeShares(_ asked: [StreamRequest]) -> [Int] {
        let rates = asked.compactMap(\.rate)
        let plain = asked.map { $0.share ?? 1 }
        var shares = plain
        if !rates.isEmpty {
            guard rates.count == asked.count else {
                refuse(
                    .streams, found: "with rates for \(rates.count) of \(asked.count)", allowed: "with a rate for each or for none",
                    remedy: "give the others rates as well, or use shares")
                return plain
            }
            if draft.load.rate != nil, draft.load.rate != .max { refuseRateBesideStreams() }
            if let exact = Self.shares(of: rates.map(\.packetsPerSecond)) {
                shares = exact
            } else {
                refuse(
                    .streams, found: "with rates of \(rates.map { "\($0)" }.joined(separator: ", "))",
                    allowed: "with rates whose ratios are those of whole numbers that sum up to at most \(StreamProgram.maximumRound)",
                    remedy: "use rounder rates, shares, or shapes (shape=poisson), for which any rates do")
            }
        }
        if shares.reduce(0, +) > StreamProgram.maximumRound {
            refuse(
                .streams, found: "with shares that sum up to \(shares.reduce(0, +))", allowed: "with at most \(StreamProgram.maximumRound)",
                remedy: "use smaller shares of the same ratio")
            return asked.map { _ in 1 }
        }
        return shares
    }

    private mutating func refuseRateBesideStreams() {
        refuse(.rate, found: "\(draft.load.rate!)", allowed: "left out where streams have rates of their own", remedy: "leave it out")
    }

    /// The smallest whole numbers of the same ratio; nil if their sum is too large for a round. Rates are told apart by thousandths of a frame a second.
    static func shares(of rates: [Double]) -> [Int]? {
        let numbers = rates.map { UInt64(($0 * 1000).rounded()) }
        let common = numbers.reduce(0, greatestCommonDivisor)
        guard common > 0 else { return nil }
        let shares = numbers.map { $0 / common }
        guard shares.allSatisfy({ (1...UInt64(StreamProgram.maximumRound)).contains($0) }),
            shares.reduce(0, +) <= UInt64(StreamProgram.maximumRound)
        else { return nil }
        return shares.map { Int($0) }
    }
}

extension [StreamRequest] {
    /// Whether one of them asks for a shape: then each keeps a pace of its own.
    var hasOwnPaces: Bool { contains { $0.shape != nil && $0.shape != .constant } }
}

extension RateRequest {
    /// Nil unless it is of frames a second.
    fileprivate var packets: PacketRate? {
        guard case .packets(let rate) = self else { return nil }
        return rate
    }
}
