import Metrics

extension PlanMaker {
    mutating func makeLoad(_ mix: TrafficMix) -> TrialPlan.Load {
        let lineRate = makeLineRate()
        var rate = streamRate(mix).map(RateRequest.packets) ?? draft.load.rate ?? .max
        var packetRate = makePacketRate(rate, lineRate, mix)
        let frameCount = makeFrameCount()
        let duration = makeDuration(isCounted: frameCount != nil)
        let planned = makeShape(rate, lineRate, mix, durationNanoseconds: duration)
        if let course = planned.course {
            let mean = PacketRate(packetsPerSecond: course.meanPps)
            (rate, packetRate) = (.packets(mean), mean)
        }
        checkPeak(planned.shape, packetRate)
        return TrialPlan.Load(
            rate: rate, lineRate: lineRate, packetRate: packetRate, shape: planned.shape, course: planned.course, frameCount: frameCount,
            durationNanoseconds: duration,
            warmupNanoseconds: value(\.load.warmupNanoseconds, default: PlanDefaults.warmupNanoseconds))
    }

    mutating func makeRun(_ load: TrialPlan.Load) -> TrialPlan.Run {
        let repeats = value(\.run.repeats, default: 1)
        if repeats > 1, load.frameCount == nil, load.durationNanoseconds == nil {
            refuse(
                .repeats, found: "\(repeats)", allowed: "1 when a trial has no end of its own",
                remedy: "give --time or --count")
        }
        return TrialPlan.Run(
            repeats: repeats,
            intervalNanoseconds: value(\.run.intervalNanoseconds, default: PlanDefaults.intervalNanoseconds),
            seed: draft.run.seed ?? PlanDefaults.seed, label: draft.run.label, latency: draft.run.latency ?? .all)
    }

    /// The window's length alone; nil without an end.
    mutating func makePlannedDuration() -> UInt64? {
        let frameCount = makeFrameCount()
        return makeDuration(isCounted: frameCount != nil)
    }

    mutating func makeLineRate() -> BitRate? {
        guard let rate = draft.load.lineRate else { return nil }
        guard BitRate.allowed.contains(rate.bitsPerSecond) else {
            refuse(.lineRate, found: "\(rate)", allowed: "more than zero", remedy: "say it as in 10gbps")
            return nil
        }
        return rate
    }

    private mutating func makePacketRate(
        _ rate: RateRequest, _ lineRate: BitRate?, _ mix: TrafficMix
    ) -> PacketRate? {
        guard areSound(.size, .lineRate) else { return nil }
        if case .percent(let percent) = rate, !(percent > 0 && percent <= 100) {
            refuse(.rate, found: "\(rate)", allowed: "more than 0 % and at most 100 %", remedy: "leave it out for max")
            return nil
        }
        do throws(RateRequest.ConversionError) {
            let packets = try rate.packetRate(meanFrameBytes: mix.meanSizeBytes, lineRate: lineRate)
            checkLine(rate, packets, lineRate, mix)
            return packets
        } catch {
            switch error {
            case .missingLineRate:
                refuse(
                    .rate, found: "\(rate)", allowed: "max, packets or bits a second when there is no line rate",
                    remedy: "give the line rate as well, as in --line-rate 10gbps")
            case .outOfRange(let packets):
                refuse(
                    .rate, found: "\(rate)", allowed: "more than zero and a rate that can be scheduled, not \(packets)",
                    remedy: "say it as in 100kpps, 5gbps or 23%, or leave it out for max")
            }
            return nil
        }
    }

    /// A line that was declared carries no more than it does, preamble and gap counted.
    private mutating func checkLine(_ rate: RateRequest, _ packets: PacketRate?, _ lineRate: BitRate?, _ mix: TrafficMix) {
        guard let packets, let lineRate else { return }
        let most = lineRate.packetRateAtLayer1(meanFrameBytes: mix.meanSizeBytes)
        // All of it, as 100 % is, may come out a hair above.
        guard packets.packetsPerSecond > most.packetsPerSecond * (1 + 1e-9) else { return }
        refuse(
            .rate, found: "\(rate)",
            allowed: "at most \(most), what a line of \(lineRate) carries of these frames",
            remedy: "say it as in 100%, or give a faster \(PlanField.lineRate.flag)")
    }

    /// Nil means no limit.
    private mutating func makeFrameCount() -> UInt64? {
        guard let count = draft.load.frameCount, count > 0 else { return nil }
        guard PlanBounds.frameCount.contains(count) else {
            refuse(
                .frameCount, found: "\(count)", allowed: "at most \(PlanBounds.frameCount.upperBound)",
                remedy: "give 0 for no limit")
            return nil
        }
        return count
    }

    /// Nil means no limit: only if that was said, or if a count limits the trial.
    private mutating func makeDuration(isCounted: Bool) -> UInt64? {
        guard let duration = draft.load.durationNanoseconds else {
            return isCounted
                ? nil : shapeNanoseconds.map { max($0, PlanBounds.durationNanoseconds.lowerBound) } ?? PlanDefaults.durationNanoseconds
        }
        guard duration > 0 else { return nil }
        let range = PlanBounds.durationNanoseconds
        guard range.contains(duration) else {
            refuse(
                .duration, found: Self.durationText(duration),
                allowed: "\(Self.durationText(range.lowerBound)) to \(Self.durationText(range.upperBound)), or 0",
                remedy: "0 runs until Ctrl-C")
            return PlanDefaults.durationNanoseconds
        }
        return duration
    }

    static func durationText(_ nanoseconds: UInt64) -> String { "\(DurationText(nanoseconds: nanoseconds))" }
}
