import Foundation
import Metrics
import Testing

@testable import Plans

/// A plan read from a result is asked for again, and comes out the same.
@Suite struct PlanRepetitionTests {
    private let limits = PlanLimits(cpuCount: 4)

    private func plain(_ plan: TrialPlan) -> TrialPlan {
        var plan = plan
        plan.transmit.engineReason = nil
        return plan
    }

    /// Every example of every setting, by itself and with each engine: no field of a plan is forgotten.
    @Test func everySettingComesBack() throws {
        var plans = 0
        for row in SettingTable.rows {
            for example in row.examples {
                for engine in [nil] + EngineName.allCases.map(Optional.some) {
                    var draft = PlanDraft()
                    if example.contains("file:") { continue }
                    try row.read(SettingInput(flag: example.filter { $0 != "\"" }), into: &draft, from: .method)
                    if let engine, row.field != .engine { draft.transmit.engine = engine }
                    if row.field == .shape {
                        draft.load.rate = draft.load.shape?.hasOwnRates == true ? nil : try RateRequest(parsing: "1kpps")
                    }
                    if row.field == .rate { draft.load.lineRate = try BitRate(parsing: "10gbps") }
                    guard let plan = try? TrialPlan(draft, limits: limits) else { continue }
                    plans += 1
                    let saved = try JSONDecoder().decode(TrialPlan.self, from: JSONEncoder().encode(plan))
                    let note: Comment = "\(row.field.path) \(example) \(engine?.rawValue ?? "")"
                    #expect(plain(try TrialPlan(PlanDraft(naming: saved), limits: limits)) == plain(plan), note)
                    #expect(plain(try TrialPlan(PlanDraft(repeating: saved, limits: limits), limits: limits)) == plain(plan), note)
                }
            }
        }
        #expect(plans > 100)
    }

    @Test func whatFollowsIsLeftToFollow() throws {
        var draft = PlanDraft()
        draft.transmit.workers = 2
        draft.load.rate = try RateRequest(parsing: "10kpps")
        let least = PlanDraft(repeating: try TrialPlan(draft, limits: limits), limits: limits)
        #expect(least == draft)
        var flags = PlanDraft()
        flags.transmit.workers = 3
        let plan = try TrialPlan(least.applying(flags), limits: limits)
        #expect(plan.transmit.workers == 3 && plan.receive.workers == 3)
    }

    /// Slots at a rate hang on what the machine did in a trial: by themselves they are found out anew, as any engine that vethmark chose.
    @Test func slotsAtARateAreChosenAgain() throws {
        var draft = PlanDraft()
        draft.load.rate = try RateRequest(parsing: "1mpps")
        var slow = limits
        slow.oneByOnePps = 700_000
        let plan = try TrialPlan(draft, limits: slow)
        #expect(plan.transmit.engine == .gso && PlanDraft(repeating: plan, limits: limits) == draft)
        draft.transmit.engine = .gso
        #expect(PlanDraft(repeating: try TrialPlan(draft, limits: limits), limits: limits).transmit.engine == .gso)
    }

    @Test func anEngineThatWasAskedForStays() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .gso
        let plan = try TrialPlan(draft, limits: limits)
        #expect(PlanDraft(repeating: plan, limits: limits).transmit.engine == .gso)
        #expect(PlanDraft(repeating: try TrialPlan(PlanDraft(), limits: limits), limits: limits).transmit.engine == nil)
    }
}
