import Links
import Plans

/// Whether the kernel does what the plan's engine and receiver need.
public enum EngineCheck {
    /// The plan, or, where the engine was vethmark's own choice, the plan with the next best one and the reason.
    ///
    /// - Throws: `TrialError.engineRefused` if the engine was asked for by name; `.queuesWithoutReader`.
    public static func settled(_ plan: TrialPlan, on link: LinkPair?) throws -> TrialPlan {
        guard let link else { return plan }
        try plan.receive.receiver.side.check(plan, on: link)
        return try plan.transmit.engine.side.settled(plan, on: link)
    }
}
