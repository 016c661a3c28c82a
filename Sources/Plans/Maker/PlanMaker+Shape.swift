import Metrics

/// A load's shape, and the rates that it has of its own.
struct PlannedShape {
    package var shape = LoadShape.constant
    /// Nil where frames keep one rate.
    package var course: [RateStretch]?
}

extension PlanMaker {
    /// - Parameters:
    ///   - rate: `max` where nobody asked for one.
    ///   - durationNanoseconds: of the window; nil without an end.
    mutating func makeShape(
        _ rate: RateRequest, _ lineRate: BitRate?, _ mix: TrafficMix, durationNanoseconds: UInt64?
    ) -> PlannedShape {
        let shape = draft.load.shape ?? .constant
        guard areSound(.size, .lineRate, .rate, .duration) else { return PlannedShape() }
        if mix.hasOwnPaces, shape != .constant {
            refuse(
                .shape, found: "\(shape)", allowed: "left out where streams have shapes of their own",
                remedy: "leave it out, or give it to each stream that is to have it")
            return PlannedShape()
        }
        if shape.hasOwnRates, rate != .max {
            refuse(
                .rate, found: "\(rate)", allowed: "left out with \(PlanField.shape.flag) \(shape), which has rates of its own",
                remedy: "leave it out")
            return PlannedShape()
        }
        switch shape {
        case .constant: break
        case .poisson, .bursts, .onOff:
            if rate == .max {
                refuse(.shape, found: "\(shape)", allowed: "constant at full speed", remedy: "give \(PlanField.rate.flag) as well")
                return PlannedShape()
            }
        case .recorded:
            refuse(
                .shape, found: "\(shape)", allowed: "of a stream with a capture file, whose times they are",
                remedy: "give it to a stream, as in --stream 'a replay=FILE shape=recorded', or use `vethmark replay`")
            return PlannedShape()
        case .ramp(let from, let to):
            guard let durationNanoseconds else {
                refuse(
                    .shape, found: "\(shape)", allowed: "a shape without an end where the load has none",
                    remedy: "give \(PlanField.duration.flag) as well")
                return PlannedShape()
            }
            return planned(shape, [(durationNanoseconds, from, to)], lineRate, mix)
        case .steps(let rates, let each):
            return planned(shape, rates.map { (each, $0, $0) }, lineRate, mix)
        case .file(let path):
            do throws(RateFile.Problem) {
                return planned(shape, try RateFile.stretches(path: path), lineRate, mix)
            } catch {
                refuse(.shape, found: "\(shape), \(error.found),", allowed: error.allowed, remedy: error.remedy)
            }
        }
        return PlannedShape(shape: shape)
    }

    /// How long a shape lasts before it begins again, where it says so itself; nil where it doesn't, or can't be read.
    var shapeNanoseconds: UInt64? {
        // Of several, the one that lasts longest.
        ([draft.load.shape] + (draft.frame.streams ?? []).map(\.shape)).compactMap { shape in
            switch shape {
            case .steps(let rates, let each)?: UInt64(rates.count) * each
            case .file(let path)?: (try? RateFile.stretches(path: path)).map { $0.reduce(0) { $0 + $1.nanoseconds } }
            default: nil
            }
        }.max()
    }

    private mutating func planned(
        _ shape: LoadShape, _ stretches: [RateFile.Stretch], _ lineRate: BitRate?, _ mix: TrafficMix
    ) -> PlannedShape {
        var course: [RateStretch] = []
        for stretch in stretches {
            guard let from = packetsPerSecond(stretch.from, of: shape, lineRate, mix),
                let to = packetsPerSecond(stretch.to, of: shape, lineRate, mix)
            else { return PlannedShape() }
            course.append(RateStretch(durationNanoseconds: stretch.nanoseconds, fromPps: from, toPps: to))
        }
        let frames = course.reduce(0) { $0 + $1.frames }
        guard frames >= 1, PacketRate.allowed.contains(course.meanPps) else {
            refuse(
                .shape, found: "\(shape), in which \(FigureText.count(UInt64(frames))) frames fall due,", allowed: "of one frame or more",
                remedy: "raise a rate, or let it last longer")
            return PlannedShape()
        }
        return PlannedShape(shape: shape, course: course)
    }

    private mutating func packetsPerSecond(
        _ rate: ShapeRate, of shape: LoadShape, _ lineRate: BitRate?, _ mix: TrafficMix
    ) -> Double? {
        guard case .some(let request) = rate else { return 0 }
        do throws(RateRequest.ConversionError) {
            return try request.packetRate(meanFrameBytes: mix.meanSizeBytes, lineRate: lineRate)?.packetsPerSecond
        } catch {
            switch error {
            case .missingLineRate:
                refuse(
                    .shape, found: "\(shape)", allowed: "of packets or bits a second when there is no line rate",
                    remedy: "give the line rate as well, as in --line-rate 10gbps")
            case .outOfRange(let packets):
                refuse(
                    .shape, found: "\(shape)", allowed: "of rates that can be scheduled, not \(packets)", remedy: "say them as in 100kpps")
            }
            return nil
        }
    }

    /// The on-time has to hold all frames of its period.
    mutating func checkPeak(_ shape: LoadShape, _ rate: PacketRate?) {
        guard case .onOff(let on, let off) = shape, let rate else { return }
        let peak = PacketRate(packetsPerSecond: rate.packetsPerSecond * (Double(on) + Double(off)) / Double(on))
        guard !PacketRate.allowed.contains(peak.packetsPerSecond) else { return }
        refuse(
            .shape, found: "\(shape)", allowed: "such that the rate in its on-time can be scheduled, not \(peak)",
            remedy: "make the on-time longer, or the rate lower")
    }
}

extension TrialPlan.Load {
    /// How frames are spread, whichever stream they are of.
    ///
    /// - Parameter seed: the same gives the same times.
    package func process(seed: UInt64) -> ArrivalProcess { shape.process(course: course, seed: seed) }
}

extension LoadShape {
    /// - Parameter course: of a shape with rates of its own, what it comes to.
    fileprivate func process(course: [RateStretch]?, seed: UInt64) -> ArrivalProcess {
        if let course { return .course(course) }
        switch self {
        case .constant, .ramp, .steps, .file, .recorded: return .constant
        // Not the numbers that random fields start from.
        case .poisson: return .poisson(seed: seed ^ 0x706F_6973_736F_6E00)
        case .bursts(let frames): return .bursts(frames: frames)
        case .onOff(let on, let off): return .onOff(onNanoseconds: on, offNanoseconds: off)
        }
    }
}

extension TrialPlan {
    /// How frames are spread, each stream's by its own shape where they have some; nil at full speed. The same plan gives the same times.
    package var pattern: ArrivalPattern? { load.packetRate.map { ArrivalPattern(process, rate: $0) } }

    package var process: ArrivalProcess {
        let paces = mix.streams.enumerated().compactMap { number, stream in
            stream.pace.map { pace in
                // As its fields, a stream's random times are its own.
                if pace.shape == .recorded, let times = stream.replay?.times { return StreamPace(times, rate: pace.rate) }
                let seed = run.seed &+ UInt64(number) &* 0x632B_E59B_D9B4_E019
                return StreamPace(pace.shape.process(course: stream.course, seed: seed), rate: pace.rate)
            }
        }
        return paces.isEmpty ? load.process(seed: run.seed) : .streams(paces)
    }

    /// Whether frames are spread otherwise than evenly.
    package var isShaped: Bool { load.shape != .constant || mix.hasOwnPaces }

    /// Frames of one stream and worker that follow each other by less than half of their mean gap are of one burst; 0 without a rate of its own.
    package func burstGapNanoseconds(ofStream stream: Int) -> UInt64 {
        mix.streams[stream].pace.map { UInt64(min(9e18, 0.5e9 / $0.rate.packetsPerSecond * Double(transmit.workers))) } ?? 0
    }

    /// Frames of one worker that follow each other by less than half of their mean gap are of one burst; 0 without a rate.
    package var burstGapNanoseconds: UInt64 {
        load.packetRate.map { UInt64(min(9e18, 0.5e9 / $0.packetsPerSecond * Double(transmit.workers))) } ?? 0
    }
}
