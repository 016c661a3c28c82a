import Control
import TestSupport
import Testing

/// Rank 0's knowledge of a mesh: who meets when, and what becomes of it when ranks are lost.
@Suite struct MeshConductorTests {
    private static let second: UInt64 = 1_000_000_000

    /// Ranks that answer by a seed's whim: late, not at all, or gone.
    private struct Play {
        var conductor: MeshConductor
        var generator: SeededGenerator
        var now: UInt64 = 0
        /// Words on their way to rank 0, with their senders.
        var words: [(ControlMessage, Int)] = []
        /// What each rank is in, told to it and not yet answered.
        var inMeeting: [Int: MeshOrder] = [:]
        var outcomes: [MeshConductor.Outcome] = []
        var hung: Set<Int> = []
        var finished: Set<Int> = []
        var isOver = false
        var broken: [String] = []

        mutating func take(_ actions: [MeshConductor.Action]) throws {
            for action in actions {
                switch action {
                case .settled(let outcome): outcomes.append(outcome)
                case .end: isOver = true
                case .send(let message, let rank): try hear(message, rank)
                }
            }
        }

        private mutating func hear(_ message: ControlMessage, _ rank: Int) throws {
            if message.verb == .finished { finished.insert(rank) }
            guard !hung.contains(rank) else { return }
            switch message.verb {
            case .meet:
                let order: MeshOrder = try message.decoded()
                if let other = inMeeting[rank] { broken.append("rank \(rank) is told of \(order) in the middle of \(other)") }
                if rank == order.receiver {
                    if order.address != nil { broken.append("a receiver is told where to go") }
                    inMeeting[rank] = order
                    words.append((try .listening(at: .tcp(host: "h", port: rank + 1), serial: message.serial), rank))
                } else if rank == order.sender {
                    if order.address != "h:\(order.receiver + 1)" { broken.append("a sender is sent to \(order.address ?? "nowhere")") }
                    inMeeting[rank] = order
                    words.append((ControlMessage(.held, serial: message.serial, body: [UInt8(rank)]), rank))
                    // The receiver knows as well.
                    words.append((ControlMessage(.held, serial: message.serial), order.receiver))
                } else {
                    broken.append("rank \(rank) is told of \(order)")
                }
            case .abandon: words.append((.missed("given up", serial: message.serial), rank))
            default: break
            }
        }

        mutating func step(_ faults: inout Int) throws {
            now += UInt64.random(in: 0...second, using: &generator)
            if faults > 0, Int.random(in: 0..<6, using: &generator) == 0 {
                faults -= 1
                let rank = Int.random(in: 1..<conductor.schedule.ranks, using: &generator)
                if Bool.random(using: &generator) {
                    words.removeAll { $0.1 == rank }
                    hung.insert(rank)
                    try take(conductor.handle(.lost(rank, "killed"), nowNanoseconds: now))
                } else {
                    // Its heart beats on, and it says nothing.
                    words.removeAll { $0.1 == rank }
                    hung.insert(rank)
                }
            }
            if words.isEmpty {
                now += 100 * second
                return try take(conductor.handle(.time, nowNanoseconds: now))
            }
            let (message, rank) = words.remove(at: Int.random(in: 0..<words.count, using: &generator))
            if message.verb == .held || message.verb == .missed { inMeeting[rank] = nil }
            try take(conductor.handle(.heard(message, from: rank), nowNanoseconds: now))
        }
    }

    @Test func everyMeetingHasItsOutcomeOverManySeeds() throws {
        var seeds = SeededGenerator()
        var (held, missed) = (0, 0)
        for _ in 0..<600 {
            let ranks = Int.random(in: 2...11, using: &seeds)
            let pattern = MeshPattern.allCases.randomElement(using: &seeds)!
            let schedule = try #require(MeshSchedule(pattern, ranks: ranks))
            var faults = Int.random(in: 0...3, using: &seeds)
            let planned = faults
            var play = Play(
                conductor: MeshConductor(schedule, mesh: 7, limitNanoseconds: 60 * Self.second),
                generator: SeededGenerator(seed: seeds.next()))
            try play.take(play.conductor.begin(nowNanoseconds: 0))
            var steps = 0
            while !play.isOver, steps < 10_000 {
                try play.step(&faults)
                steps += 1
            }
            let note: Comment = "\(pattern) of \(ranks), \(planned) faults: \(play.broken)"
            #expect(play.isOver && play.broken.isEmpty, note)
            let all = (0..<schedule.rounds).flatMap { schedule.meetings(inRound: $0) }
            let known = Dictionary(grouping: play.outcomes, by: \.meeting)
            #expect(known.values.allSatisfy { $0.count == 1 }, note)
            for meeting in all {
                let isHit = [meeting.sender, meeting.receiver].contains { play.hung.contains($0) }
                if let outcome = known[meeting]?.first {
                    // Whom no fault has hit has held it, and its result is the sender's.
                    #expect(isHit || outcome.missed == nil && outcome.result == [UInt8(meeting.sender)], note)
                    if outcome.missed == nil { held += 1 } else { missed += 1 }
                } else {
                    #expect(isHit && play.conductor.obstacle(to: meeting) != nil, note)
                    missed += 1
                }
            }
            #expect(play.finished.isSuperset(of: Set(0..<ranks).subtracting(play.hung)), note)
        }
        #expect(held > 5_000 && missed > 500, "\(held) held, \(missed) missed")
    }

    /// Without faults each rank's meetings come in the order of rounds, and a sender's turns count up.
    @Test func meetingsComeInTheOrderOfRounds() throws {
        let schedule = try #require(MeshSchedule(.pairs, ranks: 6))
        var conductor = MeshConductor(schedule, mesh: 3, limitNanoseconds: Self.second)
        var pending = conductor.begin(nowNanoseconds: 0)
        var orders: [MeshOrder] = []
        while !pending.isEmpty {
            let action = pending.removeFirst()
            guard case .send(let message, let rank) = action, message.verb == .meet else { continue }
            let order: MeshOrder = try message.decoded()
            let words: [(ControlMessage, Int)] =
                rank == order.receiver
                ? [(try .listening(at: .unix(path: "/x"), serial: message.serial), rank)]
                : [(ControlMessage(.held, serial: message.serial), order.receiver), (ControlMessage(.held, serial: message.serial), rank)]
            if rank == order.sender { orders.append(order) }
            for (word, from) in words { pending += conductor.handle(.heard(word, from: from), nowNanoseconds: 0) }
        }
        #expect(orders.count == 15 && orders.allSatisfy { $0.mesh == 3 && $0.address == "unix:/x" })
        for rank in 0..<6 {
            let own = orders.filter { $0.sender == rank || $0.receiver == rank }
            #expect(own.map(\.round) == own.map(\.round).sorted() && own.count == 5)
            #expect(orders.filter { $0.sender == rank }.map(\.turn) == Array(0..<orders.count { $0.sender == rank }))
        }
    }

    /// Behind a stop nothing begins, and what goes on comes to its end.
    @Test func aStopLetsMeetingsEnd() throws {
        let schedule = try #require(MeshSchedule(.oneToAll, ranks: 4))
        var conductor = MeshConductor(schedule, mesh: 0, limitNanoseconds: Self.second)
        let begun = conductor.begin(nowNanoseconds: 0)
        guard case .send(let order, to: 1) = begun.first else {
            Issue.record("\(begun)")
            return
        }
        #expect(conductor.handle(.stop("enough"), nowNanoseconds: 0).isEmpty)
        #expect(conductor.handle(.heard(ControlMessage(.held, serial: order.serial), from: 1), nowNanoseconds: 0).isEmpty)
        let last = conductor.handle(.heard(ControlMessage(.held, serial: order.serial, body: [5]), from: 0), nowNanoseconds: 0)
        #expect(last.last == .end)
        #expect(last.first == .settled(.init(meeting: schedule.meetings(inRound: 0)[0], result: [5], missed: nil)))
        #expect(conductor.obstacle(to: schedule.meetings(inRound: 1)[0]) == "enough")
    }
}
