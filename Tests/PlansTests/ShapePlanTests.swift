import Metrics
import Testing

@testable import Plans

/// What shapes become in a plan, and which can't be had.
@Suite struct ShapePlanTests {
    private func draft(_ shape: String, rate: String? = nil, engine: EngineName? = nil) throws -> PlanDraft {
        var draft = PlanDraft()
        draft.load.shape = try LoadShape(parsing: shape)
        draft.load.rate = try rate.map { text throws(QuantityError) in try RateRequest(parsing: text) }
        draft.transmit.engine = engine
        return draft
    }

    private func errors(_ draft: PlanDraft) -> [PlanError] { TrialPlan.errors(in: draft, limits: PlanLimits()) }

    @Test func ratesOfShapesComeToAMean() throws {
        let ramp = try TrialPlan(draft("ramp:0..100kpps"), limits: PlanLimits())
        #expect(ramp.load.packetRate?.packetsPerSecond == 50_000)
        #expect(ramp.load.course == [RateStretch(durationNanoseconds: PlanDefaults.durationNanoseconds, fromPps: 0, toPps: 100_000)])
        let steps = try TrialPlan(draft("steps:10kpps,0,20kpps/500ms"), limits: PlanLimits())
        #expect(steps.load.packetRate?.packetsPerSecond == 10_000)
        #expect(steps.load.durationNanoseconds == 1_500_000_000)
    }

    /// Layers as `--rate` has them, of frames of 64 bytes.
    @Test func bitsAndPercentAreConverted() throws {
        var draft = try draft("steps:512mbps,10%/1s")
        draft.load.lineRate = try BitRate(parsing: "6720mbps")
        let course = try #require(try TrialPlan(draft, limits: PlanLimits()).load.course)
        #expect(course.map(\.fromPps) == [1_000_000, 1_000_000])
    }

    @Test func autoTakesAnEngineThatKeepsTheShape() throws {
        for shape in ["poisson", "bursts:8", "on-off:1ms,9ms"] {
            for receiver in [nil, ReceiverName.ring, .xdp, ReceiverName.none] {
                var draft = try draft(shape, rate: "10kpps")
                draft.receive.receiver = receiver
                let plan = try TrialPlan(draft, limits: PlanLimits())
                #expect(plan.transmit.engine == .ring && plan.transmit.engineReason != nil)
            }
        }
        for engine in EngineName.allCases where !engine.abilities.pacesShapes {
            let errors = errors(try draft("poisson", rate: "10kpps", engine: engine))
            #expect(errors.map(\.field) == [.shape] && errors[0].allowed.contains(engine.rawValue), "\(engine)")
        }
    }

    @Test func whatCanNotBeHadIsRefused() throws {
        #expect(errors(try draft("poisson")).map(\.field) == [.shape])
        #expect(errors(try draft("ramp:0..1kpps", rate: "1kpps")).map(\.field) == [.rate])
        #expect(errors(try draft("steps:10%/1s")).map(\.field) == [.shape])
        #expect(errors(try draft("steps:1pps,0/1ms")).map(\.field) == [.shape])
        #expect(errors(try draft("on-off:1us,1h", rate: "100mpps".replacing("mpps", with: "gpps"))).map(\.field) == [.shape])
        #expect(errors(try draft("file:/nowhere.csv")).map(\.field) == [.shape])
        var counted = try draft("ramp:0..1kpps")
        counted.load.frameCount = 10
        #expect(errors(counted).map(\.field) == [.shape])
    }

    @Test func aScheduleIsLinesOfTimeAndRate() throws {
        let stretches = try RateFile.stretches(
            text: "time,rate\n# a day\n0, 10kpps\r\n500ms,10kpps\n\n500ms,0 # silence\n1.5,1kpps\n")
        #expect(stretches.map(\.nanoseconds) == [500_000_000, 1_000_000_000])
        #expect(stretches.map(\.from) == [.some(try RateRequest(parsing: "10kpps")), .none])
        #expect(stretches.map(\.to) == [.some(try RateRequest(parsing: "10kpps")), .some(try RateRequest(parsing: "1kpps"))])
    }

    @Test(arguments: [
        ("", "0 lines"), ("0,1kpps", "1 line"), ("1s,1kpps\n2s,1kpps", "line 1"), ("0,1kpps\n2s,1kpps\n1s,1kpps", "line 3"),
        ("0,1kpps\n1s", "line 2"), ("0,1kpps\n1s,5", "line 2"), ("0,1kpps\n1s,max", "line 2"), ("0,1kpps\n0,2kpps", "2 lines")
    ])
    func aWrongScheduleIsToldItsLine(_ text: String, _ where: String) {
        let problem = #expect(throws: RateFile.Problem.self) { try RateFile.stretches(text: text) }
        #expect(problem?.found.contains(`where`) == true, "\(problem?.found ?? "")")
    }
}
