import ArgumentParser
import Control
import Kernel
import Methods
import Plans
import Trials

/// Which of the ranks this process is, who meets whom, and where.
struct AcrossOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Started any number of times, who sends to whom: each to each of a higher number (pairs), all others to rank 0, or rank 0 to all others \
            (default: rank 0 of two to rank 1).
            """, valueName: "pattern"))
    var pattern: MeshPattern?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Which rank this is: 0/2 sends and keeps the book, 1/2 receives; of N with --pattern I/N (default: what srun, mpirun, PMIx or a \
            Kubernetes index say).
            """, valueName: "rank"), transform: rankRequest)
    var rank: RankRequest?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Where rank 0 listens and the others find it: HOST, HOST:PORT, [IPv6]:PORT or unix:/PATH (default: the first host of Slurm's step, port \
            \(ControlAddress.defaultPort)). VETHMARK_SECRET has to be the same for all.
            """, valueName: "address"))
    var control: String?

    static let rankCount = 2

    /// - Parameter others: options that tell of one run's trials, and whether they were given.
    /// - Throws: `ValidationError`.
    func check(_ others: [(name: String, isGiven: Bool)]) throws {
        if let rank, pattern == nil ? rank.ranks != Self.rankCount : rank.ranks < 2 {
            throw ValidationError(
                "--rank is '\(rank.rank)/\(rank.ranks)' but must be "
                    + (pattern == nil
                        ? "0/2 for the rank that sends or 1/2 for the one that receives; more than two meet by --pattern"
                        : "of two ranks at least, as in 0/8"))
        }
        guard pattern != nil, let other = others.first(where: \.isGiven) else { return }
        throw ValidationError(
            "\(other.name) tells of the trials of one run, and --pattern has many; use --json, or leave out one of them")
    }

    /// - Throws: `RankRequest.Unclear`.
    func request() throws(RankRequest.Unclear) -> RankRequest {
        if let rank { return rank }
        let request = try RankRequest(ranks: pattern == nil ? Self.rankCount : nil, environment: ProcessFacts.environment)
        guard request.ranks >= 2 else {
            throw RankRequest.Unclear(sentence: "there is one rank only", remedy: "start several, as in: srun -N8 -n8")
        }
        return request
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
            hello: ControlHello(rank: request.rank, ranks: request.ranks, version: vethmarkVersion, pattern: pattern),
            address: try address(),
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
    func meet(_ interrupts: Interrupts) throws -> NIOControlChannel {
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

    /// Waits for all ranks; those that came when the time is over have to do, if there are any.
    ///
    /// - Throws: as `meet`.
    func gather(_ interrupts: Interrupts) throws -> [NIOControlChannel] {
        let deadline = Clock.monotonicNanoseconds + Self.patienceNanoseconds
        let listener = try ControlListener(at: address, secret: secret, hello: hello)
        defer { listener.close() }
        var channels: [NIOControlChannel] = []
        while channels.count < hello.ranks - 1 {
            do {
                channels.append(try wait(deadline, interrupts) { try listener.accept(untilMonotonic: $0) })
            } catch let error as ControlError {
                guard !channels.isEmpty, Clock.monotonicNanoseconds >= deadline else { throw error }
                break
            }
        }
        return channels
    }

    /// Where this rank listens for who sends to it, at a port that is free.
    ///
    /// - Parameter host: its address on the way to rank 0; nil for rank 0 itself.
    func place(ofHost host: String?) -> ControlAddress {
        switch address {
        case .tcp(let own, _): .tcp(host: host ?? own, port: 0)
        case .unix(let path): .unix(path: "\(path).\(hello.rank)")
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
    guard let request = RankRequest(text) else {
        throw ValidationError("is '\(text.visible)' but must be a rank and how many there are, as in 0/2 for the one that sends")
    }
    return request
}
