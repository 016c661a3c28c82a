import ArgumentParser
import Control
import Kernel
import Methods
import Plans
import Trials

/// Which of two ranks this process is, and where they meet.
struct AcrossOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Which rank this is: 0/2 sends and keeps the book, 1/2 receives (default: what srun, mpirun, PMIx or a Kubernetes index say).",
            valueName: "rank"), transform: rankRequest)
    var rank: RankRequest?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Where rank 0 listens and rank 1 finds it: HOST, HOST:PORT, [IPv6]:PORT or unix:/PATH (default: the first host of Slurm's step, port \
            \(ControlAddress.defaultPort)). VETHMARK_SECRET has to be the same for both.
            """, valueName: "address"))
    var control: String?

    static let rankCount = 2

    /// - Throws: `RankRequest.Unclear`.
    func request() throws(RankRequest.Unclear) -> RankRequest {
        if let rank { return rank }
        return try RankRequest(ranks: Self.rankCount, environment: ProcessFacts.environment)
    }

    /// - Throws: `ControlError.badAddress`; `Nowhere`.
    func address() throws -> ControlAddress {
        if let control { return try ControlAddress(control) }
        guard let list = ProcessFacts.environment("SLURM_STEP_NODELIST"), let host = HostList.first(of: list) else { throw Nowhere() }
        return try ControlAddress(host)
    }

    private struct Nowhere: ExplainedError {
        var sentence: String { "nothing here tells where the ranks meet" }
        var remedy: String? { "name an address of rank 0's host, as in --control 10.0.0.1:\(ControlAddress.defaultPort)" }
        var exitCode: Int32? { 64 }
    }

    /// What has to be known before anybody is waited for.
    struct Meeting {
        let hello: ControlHello
        let address: ControlAddress
        let secret: ControlSecret
    }

    /// - Throws: `RankRequest.Unclear`, `ControlError`, `Nowhere`.
    func meeting() throws -> Meeting {
        let request = try request()
        return Meeting(
            hello: ControlHello(rank: request.rank, ranks: request.ranks, version: vethmarkVersion), address: try address(),
            secret: try ControlSecret(environment: ProcessFacts.environment))
    }
}

extension AcrossOptions.Meeting {
    /// For the other rank to come: an engine may start it a while later.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000
    /// How often a signal is looked for meanwhile.
    private static let tickNanoseconds: UInt64 = 500_000_000

    /// Waits for the other rank, with an ear for whoever wants an end.
    ///
    /// - Throws: `ControlError`; `Interrupted` on the first signal, for nothing has begun.
    func meet(_ interrupts: Interrupts) throws -> any ControlChannel {
        let deadline = Clock.monotonicNanoseconds + Self.patienceNanoseconds
        if hello.rank == 0 {
            let listener = try ControlListener(at: address, secret: secret, hello: hello)
            defer { listener.close() }
            return try wait(deadline, interrupts) { try listener.accept(untilMonotonic: $0) }
        }
        return try wait(deadline, interrupts) {
            try NIOControlChannel.connect(to: address, secret: secret, hello: hello, untilMonotonic: $0)
        }
    }

    /// Tries in short rounds until somebody is there.
    private func wait(
        _ deadline: UInt64, _ interrupts: Interrupts, _ attempt: (UInt64) throws -> NIOControlChannel
    ) throws -> NIOControlChannel {
        let seconds = Int(Self.patienceNanoseconds / 1_000_000_000)
        while true {
            do {
                return try attempt(min(deadline, Clock.monotonicNanoseconds + Self.tickNanoseconds))
            } catch ControlError.nobodyCame(let address, _) {
                guard Clock.monotonicNanoseconds < deadline else { throw ControlError.nobodyCame(address, seconds: seconds) }
            } catch ControlError.otherSecret(let address) where hello.rank == 0 {
                // Strangers don't keep the right one from coming.
                guard Clock.monotonicNanoseconds < deadline else { throw ControlError.otherSecret(address) }
            } catch ControlError.nobodyThere(let address, _, let reason) {
                guard Clock.monotonicNanoseconds < deadline else {
                    throw ControlError.nobodyThere(address, seconds: seconds, reason: reason)
                }
                try interrupts.pause(untilMonotonic: Clock.monotonicNanoseconds + 100_000_000)
            }
            if try interrupts.wait(untilMonotonic: 0) { throw Interrupted(signal: 0) }
        }
    }
}

private let rankRequest: @Sendable (String) throws -> RankRequest = { text in
    guard let request = RankRequest(text), request.ranks == AcrossOptions.rankCount else {
        throw ValidationError("is '\(text.visible)' but must be 0/2 for the rank that sends or 1/2 for the one that receives")
    }
    return request
}
