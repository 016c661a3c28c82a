import ArgumentParser
import Plans

/// What no veth can be, whatever the kernel.
enum LinkBounds {
    static func check(mtu: Int?) throws {
        guard let mtu, !PlanBounds.mtuBytes.contains(mtu) else { return }
        throw ValidationError("an MTU of \(mtu) is not possible; allowed: \(text(PlanBounds.mtuBytes))")
    }

    static func check(queues: Int?) throws {
        guard let queues, !PlanBounds.queues.contains(queues) else { return }
        throw ValidationError("\(queues) queues are not possible; allowed: \(text(PlanBounds.queues))")
    }

    private static func text(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }
}
