import Kernel
import Plans

/// Whether a plan can be had with an end on each of two hosts.
public enum AcrossPlan {
    /// - Throws: `Refusal`.
    public static func check(_ plan: TrialPlan) throws {
        guard plan.transmit.engine.abilities.needsLink else {
            throw Refusal(
                sentence: "engine \(plan.transmit.engine.rawValue) sends nothing to another host",
                remedy: "use another one, such as --engine ring")
        }
        guard plan.link.transmit != nil, plan.link.receive != nil else {
            throw Refusal(
                sentence: "across two hosts there is no private pair",
                remedy: "name an interface of rank 0's host with --tx and one of rank 1's with --rx")
        }
        guard plan.receive.receiver.abilities.hasSocketClock, plan.receive.receiver.abilities.hasWorkers else {
            throw Refusal(
                sentence: "receiver \(plan.receive.receiver.rawValue) can't tell its times by another host's clock",
                remedy: "use --receiver ring")
        }
        guard !plan.sendsSuperframes else {
            throw Refusal(sentence: "superframes don't leave a host whole", remedy: "leave out --superframes")
        }
        guard plan.link.placement?.isTheKernels ?? true else {
            throw Refusal(
                sentence: "--placement \(plan.link.placement?.rawValue ?? "") seats sender and receiver of one host",
                remedy: "leave it out, or choose CPUs with --cpus")
        }
        guard plan.mix.streams.allSatisfy({ $0.replay == nil }) else {
            throw Refusal(
                sentence: "a stream's capture file is one host's, and the other needs its frames as well",
                remedy: "describe the stream by its sizes")
        }
    }

    private struct Refusal: ExplainedError {
        let sentence: String
        let remedy: String?
        var exitCode: Int32? { 64 }
    }
}
