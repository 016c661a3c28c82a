import Control

/// A mesh of ranks in one process and on played time: each walks through its meetings (`MeshWalk`), each meeting is held by the two halves that real ranks have
/// (`LeadConversation`, `FollowConversation`), and a seed says what goes wrong. Rank 0 keeps a connection to everybody and tells who is lost.
///
/// A run ends with what it has broken of its rules, which is nothing; see `violations`.
public struct MeshSimulation {
    public enum Fault: CaseIterable, Sendable {
        /// SIGKILL: the kernel closes its connections.
        case kill
        /// SIGSTOP: it is silent and never comes back.
        case stop
        /// Its trial hangs, its heart beats on.
        case hang
        /// It fails by itself and says so; the rank goes on.
        case fail
        /// The connection of the meeting that it is in, if it is in one; both ranks go on.
        case cut
    }

    public struct Setting: Sendable {
        public var pattern: MeshPattern
        public var ranks: Int
        /// How many of the schedule's, from the first; nil for all.
        public var rounds: Int?
        public var faults: Int
        public var seed: UInt64
        public var windowNanoseconds: UInt64 = 1_000_000_000
        public var countsEveryNanoseconds: UInt64 = 250_000_000

        public init(_ pattern: MeshPattern, ranks: Int, rounds: Int? = nil, faults: Int, seed: UInt64) {
            (self.pattern, self.ranks, self.rounds, self.faults, self.seed) = (pattern, ranks, rounds, faults, seed)
        }
    }

    public struct Tally: Sendable {
        public var events = 0
        /// Over the connections of meetings.
        public var messages = 0
        public var beats = 0
        /// Rank 0's, of who is lost.
        public var notices = 0
        public var held = 0
        public var missed = 0
        /// When the last one was done.
        public var endNanoseconds: UInt64 = 0
        public var mostEvents = 0
        /// The longest that a living rank took to notice that the other was killed, stopped or cut off.
        public var slowestNoticeNanoseconds: UInt64 = 0
    }

    private enum Step { case open, counts, stop, settle, ready, drained, outcome }

    private enum Event {
        case arrive(Int)
        case connect(UInt64)
        case deliver(ControlMessage, toLead: Bool, UInt64)
        case step(Step, UInt64)
        case lose(ControlError, isLead: Bool, UInt64)
        case time(isLead: Bool, UInt64)
        case strike(Fault, Int)
        /// Rank 0 has noticed.
        case announce(Int)
        case told(Int, lost: Int)
    }

    private enum Health { case well, dead, silent, hung }

    private struct Talk {
        let meeting: MeshSchedule.Meeting
        var lead: LeadConversation
        var follow: FollowConversation
        let begun: UInt64
        var lastArrival: (toLead: UInt64, toFollow: UInt64) = (0, 0)
        var isCut = false
        /// Some fault has hit it or one of its ranks.
        var isStruck = false
        var isWatched = false
        var over: (lead: Bool, follow: Bool) = (false, false)
        /// What both say came of it.
        var held: (lead: Bool, follow: Bool) = (false, false)
        /// The last moment at which the other was still heard, once it never will be again.
        var silentSince: UInt64?
    }

    private let setting: Setting
    private let schedule: MeshSchedule
    private var generator: SeededGenerator
    private var time = PlayedTime<Event>()
    private var walks: [MeshWalk]
    private var health: [Health]
    private var isBusy: [Bool]
    private var isDone: [Bool]
    /// By their numbers; one may end for its sender, who goes on, before its receiver has heard.
    private var talks: [UInt64: Talk] = [:]
    /// In which one a rank is.
    private var talkOf: [UInt64?]
    private var talkCount: UInt64 = 0
    private var announced: Set<Int> = []
    /// Ranks that no fault has hit.
    private var isHit: [Bool]
    private var hitMeetings: Set<MeshSchedule.Meeting> = []
    private var heldMeetings: Set<MeshSchedule.Meeting> = []
    public private(set) var tally = Tally()
    /// What ought never to be, in words.
    public private(set) var violations: [String] = []

    private static let millisecond: UInt64 = 1_000_000
    /// For a phase of frames beyond its length, and for a rank to come to its next meeting.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000
    private static let silence = UInt64(ControlTiming.standard.beatNanoseconds) * UInt64(ControlTiming.standard.beatsUntilLost)

    /// Nil below two ranks.
    public init?(_ setting: Setting) {
        guard let schedule = MeshSchedule(setting.pattern, ranks: setting.ranks) else { return nil }
        self.setting = setting
        self.schedule = schedule
        let ranks = setting.ranks
        generator = SeededGenerator(seed: setting.seed)
        walks = (0..<ranks).map { MeshWalk(schedule, rank: $0, rounds: setting.rounds.map { 0..<$0 }) }
        health = Array(repeating: .well, count: ranks)
        (isBusy, isDone, isHit) = (
            Array(repeating: false, count: ranks), Array(repeating: false, count: ranks), Array(repeating: false, count: ranks)
        )
        talkOf = Array(repeating: nil, count: ranks)
    }

    /// Goes through all of it, and looks whether the rules were kept.
    public mutating func run() {
        for rank in 0..<setting.ranks { time.schedule(.arrive(rank), at: between(0, 200 * Self.millisecond)) }
        let length = UInt64(setting.rounds ?? schedule.rounds) * (setting.windowNanoseconds + 200 * Self.millisecond)
        for _ in 0..<setting.faults {
            let fault = Fault.allCases.randomElement(using: &generator) ?? .kill
            // Without rank 0 there is no run.
            time.schedule(.strike(fault, Int.random(in: 1..<setting.ranks, using: &generator)), at: between(0, length))
        }
        // Every event moves a meeting on or ends it, so that there can't be more than so many of each.
        let perMeeting = 64 + 4 * Int(setting.windowNanoseconds / setting.countsEveryNanoseconds)
        let meetings = setting.pattern == .pairs ? (setting.rounds ?? schedule.rounds) * setting.ranks / 2 : setting.ranks - 1
        // Where a sender hangs its receiver counts on until it has no patience left.
        let perFault = 64 + 4 * Int((setting.windowNanoseconds + Self.patienceNanoseconds) / setting.countsEveryNanoseconds)
        let most = perMeeting * meetings + setting.ranks * (4 + 2 * setting.faults) + perFault * setting.faults
        while let event = time.next() {
            tally.events += 1
            if tally.events > most { return violate("it goes on and on: \(tally.events) events") }
            handle(event)
        }
        tally.mostEvents = time.most
        judge()
    }

    // MARK: events

    private mutating func handle(_ event: Event) {
        switch event {
        case .arrive(let rank): arrive(rank)
        case .connect(let talk): if talks[talk]?.over.lead == false { say(.prepare([]), talk) }
        case .deliver(let message, let toLead, let talk):
            guard let meeting = talks[talk]?.meeting, talks[talk]?.isCut == false else { return }
            let health = health[toLead ? meeting.sender : meeting.receiver]
            guard health == .well || health == .hung else { return }
            tally.messages += 1
            if toLead { say(.heard(message), talk) } else { answer(.heard(message), talk) }
        case .step(let step, let talk): take(step, talk)
        case .lose(let error, let isLead, let talk): if isLead { say(.lost(error), talk) } else { answer(.lost(error), talk) }
        case .time(let isLead, let talk): if isLead { say(.time, talk) } else { answer(.time, talk) }
        case .strike(let fault, let rank): strike(fault, rank)
        case .announce(let rank):
            guard announced.insert(rank).inserted else { return }
            for other in 0..<setting.ranks where other != rank && (health[other] == .well || health[other] == .hung) {
                tally.notices += 1
                time.schedule(.told(other, lost: rank), at: time.now + latency())
            }
        case .told(let rank, let lost):
            guard health[rank] == .well || health[rank] == .hung, walks[rank].lose(lost), !isBusy[rank] else { return }
            noteNotice(of: lost)
            walks[rank].leave()
            if health[rank] == .hung { missProgress(of: rank) } else { arrive(rank) }
        }
    }

    private mutating func arrive(_ rank: Int) {
        guard health[rank] == .well, !isBusy[rank], !isDone[rank] else { return }
        guard let meeting = walks[rank].advance() else {
            isDone[rank] = true
            tally.endNanoseconds = max(tally.endNanoseconds, time.now)
            return
        }
        let other = walks[rank].other(in: meeting)
        guard health[other] == .well || health[other] == .hung, walks[other].meeting == meeting, !isBusy[other] else { return }
        begin(meeting)
    }

    private mutating func begin(_ meeting: MeshSchedule.Meeting) {
        let (lead, follow) = (meeting.sender, meeting.receiver)
        if isBusy[lead] || isBusy[follow] { violate("a rank is in two meetings: \(meeting)") }
        if heldMeetings.contains(meeting) { violate("held twice: \(meeting)") }
        talkCount += 1
        var talk = Talk(
            meeting: meeting, lead: LeadConversation(peer: "rank \(follow)"),
            follow: FollowConversation(peer: "rank \(lead)", nowNanoseconds: time.now), begun: time.now)
        talk.follow.limitOpen(toNanoseconds: setting.windowNanoseconds + Self.patienceNanoseconds)
        let isHung = health[lead] == .hung || health[follow] == .hung
        (talk.isStruck, talk.isWatched) = (isHung, isHung)
        if isHung { hitMeetings.insert(meeting) }
        talks[talkCount] = talk
        (talkOf[lead], talkOf[follow], isBusy[lead], isBusy[follow]) = (talkCount, talkCount, true, true)
        time.schedule(.connect(talkCount), at: time.now + 2 * latency())
        watch(talkCount)
    }

    /// What a rank does by itself, a while after it was told.
    private mutating func take(_ step: Step, _ number: UInt64) {
        guard let talk = talks[number] else { return }
        let actor = [.open, .stop, .settle].contains(step) ? talk.meeting.sender : talk.meeting.receiver
        guard health[actor] == .well else { return }
        switch step {
        case .open: if !talk.over.lead { say(.open([]), number) }
        case .stop: if !talk.over.lead { say(.stop([]), number) }
        case .settle: if !talk.over.lead { say(.settle, number) }
        case .ready: if !talk.over.follow { answer(.ready([]), number) }
        case .counts:
            guard !talk.over.follow, talk.follow.phase == .open || talk.follow.phase == .draining else { return }
            answer(.counts([]), number)
            after(setting.countsEveryNanoseconds, .counts, number)
        case .drained: if !talk.over.follow { answer(.drained([]), number) }
        case .outcome: if !talk.over.follow { answer(.outcome([]), number) }
        }
    }

    private mutating func say(_ event: LeadConversation.Event, _ number: UInt64) {
        guard var talk = talks[number], health[talk.meeting.sender] != .dead else { return }
        let actions = talk.lead.handle(event, nowNanoseconds: time.now)
        talks[number] = talk
        for action in actions {
            switch action {
            case .send(let message): send(message, fromLead: true, number)
            case .tell(let message):
                switch message.verb {
                case .ready: after(between(1, 20) * Self.millisecond, .open, number)
                case .drained: after(Self.millisecond, .settle, number)
                case .outcome:
                    talks[number]?.held.lead = true
                    if health[talk.meeting.sender] == .well { say(.finish, number) }
                default: break
                }
            case .end(let error): finish(error, isLead: true, number)
            }
        }
        if event == .open([]) { after(setting.windowNanoseconds, .stop, number) }
        watch(number)
    }

    private mutating func answer(_ event: FollowConversation.Event, _ number: UInt64) {
        guard var talk = talks[number], health[talk.meeting.receiver] != .dead else { return }
        let actions = talk.follow.handle(event, nowNanoseconds: time.now)
        talks[number] = talk
        for action in actions {
            switch action {
            case .send(let message):
                if message.verb == .outcome { talks[number]?.held.follow = true }
                send(message, fromLead: false, number)
            case .tell(let message):
                switch message.verb {
                case .prepare: after(between(5, 50) * Self.millisecond, .ready, number)
                case .open: after(setting.countsEveryNanoseconds, .counts, number)
                case .stop: after(between(5, 15) * Self.millisecond, .drained, number)
                case .outcome: after(between(1, 3) * Self.millisecond, .outcome, number)
                default: break
                }
            case .end(let error): finish(error, isLead: false, number)
            }
        }
        watch(number)
    }

    private mutating func send(_ message: ControlMessage, fromLead: Bool, _ number: UInt64) {
        guard var talk = talks[number], !talk.isCut else { return }
        // A connection keeps the order.
        let last = fromLead ? talk.lastArrival.toFollow : talk.lastArrival.toLead
        let arrival = max(last, time.now + latency())
        if fromLead { talk.lastArrival.toFollow = arrival } else { talk.lastArrival.toLead = arrival }
        talks[number] = talk
        time.schedule(.deliver(message, toLead: !fromLead, number), at: arrival)
    }

    /// One half is over; the rank goes on.
    private mutating func finish(_ error: ControlError?, isLead: Bool, _ number: UInt64) {
        guard var talk = talks[number], !(isLead ? talk.over.lead : talk.over.follow) else { return }
        if isLead { talk.over.lead = true } else { talk.over.follow = true }
        let (rank, other) = isLead ? (talk.meeting.sender, talk.meeting.receiver) : (talk.meeting.receiver, talk.meeting.sender)
        if let error { judge(error, talk) }
        if case .lost? = error, let since = talk.silentSince {
            tally.slowestNoticeNanoseconds = max(tally.slowestNoticeNanoseconds, time.now - since)
        }
        // Who hangs is noticed by the one that waits for it.
        if case .overdue? = error { time.schedule(.announce(other), at: time.now + latency()) }
        if isLead ? talk.held.lead : talk.held.follow { walks[rank].hold() } else { walks[rank].miss(error) }
        // The process closes its end, which the other hears behind all that was said.
        if !(isLead ? talk.over.follow : talk.over.lead), health[other] != .dead, !talk.isCut {
            let arrival = max(isLead ? talk.lastArrival.toFollow : talk.lastArrival.toLead, time.now + latency())
            time.schedule(.lose(.lost(peer: "rank \(rank)", .closed), isLead: !isLead, number), at: arrival)
        }
        talks[number] = talk
        (talkOf[rank], isBusy[rank]) = (nil, false)
        if health[rank] == .well { time.schedule(.arrive(rank), at: time.now + Self.millisecond) }
        if health[rank] == .hung { missProgress(of: rank) }
        if talk.over.lead && talk.over.follow || talk.over.lead && health[talk.meeting.receiver] == .dead
            || talk.over.follow && health[talk.meeting.sender] == .dead
        {
            bury(talk, number)
        }
    }

    private mutating func bury(_ talk: Talk, _ number: UInt64) {
        tally.beats += 2 * Int((time.now - talk.begun) / UInt64(ControlTiming.standard.beatNanoseconds))
        if talk.held.lead {
            tally.held += 1
            if !heldMeetings.insert(talk.meeting).inserted { violate("held twice: \(talk.meeting)") }
            if !talk.held.follow { violate("held for its sender only: \(talk.meeting)") }
        } else {
            tally.missed += 1
            if !talk.isStruck { violate("ended for no reason: \(talk.meeting)") }
        }
        talks[number] = nil
    }

    // MARK: faults

    private mutating func strike(_ fault: Fault, _ rank: Int) {
        guard health[rank] == .well else { return }
        let number = talkOf[rank]
        switch fault {
        case .cut, .fail:
            guard let number, let talk = talks[number] else { return }
            talks[number]?.isStruck = true
            hitMeetings.insert(talk.meeting)
            if fault == .cut {
                talks[number]?.isCut = true
                talks[number]?.silentSince = time.now
                loseBoth(number, at: time.now + silence())
            } else if rank == talk.meeting.sender {
                say(.fail("a worker is stuck"), number)
            } else {
                answer(.fail("a worker is stuck"), number)
            }
            return
        case .kill:
            health[rank] = .dead
            time.schedule(.announce(rank), at: time.now + latency())
        case .stop:
            health[rank] = .silent
            time.schedule(.announce(rank), at: time.now + silence())
        case .hang:
            health[rank] = .hung
            if !isBusy[rank] { missProgress(of: rank) }
        }
        isHit[rank] = true
        guard let number, let talk = talks[number] else { return }
        talks[number]?.isStruck = true
        hitMeetings.insert(talk.meeting)
        if fault == .hang {
            talks[number]?.isWatched = true
            watch(number)
        } else {
            talks[number]?.silentSince = time.now
            let isLead = rank != talk.meeting.sender
            let loss: ControlError.Loss = fault == .kill ? .closed : .silent(milliseconds: 3_000)
            let moment =
                fault == .kill
                ? max(isLead ? talk.lastArrival.toLead : talk.lastArrival.toFollow, time.now + latency()) : time.now + silence()
            time.schedule(.lose(.lost(peer: "rank \(rank)", loss), isLead: isLead, number), at: moment)
        }
    }

    private mutating func loseBoth(_ number: UInt64, at moment: UInt64) {
        guard talks[number] != nil else { return }
        for isLead in [true, false] {
            time.schedule(
                .lose(.lost(peer: "the other", .silent(milliseconds: 3_000)), isLead: isLead, number), at: moment)
        }
    }

    /// Outside of a meeting a rank has nothing to do but to come to its next one; rank 0 gives up the one that doesn't.
    private mutating func missProgress(of rank: Int) {
        guard walks[rank].meeting == nil, !isDone[rank] else { return }
        time.schedule(.announce(rank), at: time.now + Self.patienceNanoseconds)
    }

    /// Where somebody hangs, time alone ends it.
    private mutating func watch(_ number: UInt64) {
        guard let talk = talks[number], talk.isWatched else { return }
        if let deadline = talk.lead.deadlineNanoseconds { time.schedule(.time(isLead: true, number), at: deadline) }
        if let deadline = talk.follow.deadlineNanoseconds {
            time.schedule(.time(isLead: false, number), at: deadline)
        }
    }

    // MARK: rules

    /// No half ends by an error that nobody made.
    private mutating func judge(_ error: ControlError, _ talk: Talk) {
        if case .outOfTurn = error { violate("\(error) in \(talk.meeting)") }
        if !talk.isStruck && !(talk.held.lead && talk.held.follow) { violate("\(error) in \(talk.meeting), which nothing has hit") }
    }

    private mutating func judge() {
        for rank in 0..<setting.ranks where health[rank] == .well {
            if !isDone[rank] { violate("rank \(rank) never came to its end: it waits for \(String(describing: walks[rank].meeting))") }
            if isBusy[rank] { violate("rank \(rank) is still in a meeting") }
        }
        let rounds = min(setting.rounds ?? schedule.rounds, schedule.rounds)
        for round in 0..<rounds {
            for meeting in schedule.meetings(inRound: round) {
                let isSpared = !isHit[meeting.sender] && !isHit[meeting.receiver] && !hitMeetings.contains(meeting)
                if isSpared && !heldMeetings.contains(meeting) { violate("not held, and nothing was in its way: \(meeting)") }
            }
        }
        // Every rank that lived has an account of each of its meetings.
        for rank in 0..<setting.ranks where health[rank] == .well {
            var (all, round) = (0, 0)
            while let meeting = schedule.next(of: rank, fromRound: round), meeting.round < rounds {
                (all, round) = (all + 1, meeting.round + 1)
            }
            if walks[rank].heldCount + walks[rank].missed.count != all {
                violate("rank \(rank) held \(walks[rank].heldCount) and missed \(walks[rank].missed.count) of \(all)")
            }
        }
        if tally.slowestNoticeNanoseconds > 5_000_000_000 { violate("a rank took \(tally.slowestNoticeNanoseconds) ns to notice its loss") }
    }

    private mutating func noteNotice(of lost: Int) {
        if health[lost] == .well { violate("rank \(lost) was given up, and is well") }
    }

    private mutating func violate(_ words: String) { if violations.count < 20 { violations.append("seed \(setting.seed): \(words)") } }

    // MARK: chance

    private mutating func after(_ nanoseconds: UInt64, _ step: Step, _ number: UInt64) {
        time.schedule(.step(step, number), at: time.now + nanoseconds)
    }

    private mutating func between(_ low: UInt64, _ high: UInt64) -> UInt64 { low + generator.next() % (high - low + 1) }

    /// One way, 20 µs to 2 ms.
    private mutating func latency() -> UInt64 { between(20_000, 2_000_000) }

    /// Until six of one's own beats have passed without a word.
    private mutating func silence() -> UInt64 { Self.silence + between(0, UInt64(ControlTiming.standard.beatNanoseconds)) }
}
