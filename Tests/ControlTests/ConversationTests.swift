import Control
import Kernel
import TestSupport
import Testing

/// Both halves, without a channel: what one says the other hears.
@Suite struct ConversationTests {
    private enum Side: CaseIterable { case lead, follow }
    /// How an end comes to be no more.
    private enum Fault: CaseIterable { case killed, stopped, cut, failed, mute }

    private struct Talk {
        var lead: LeadConversation
        var follow: FollowConversation
        var now: UInt64 = 0
        /// Words that were told to whoever leads and follows.
        var told: (lead: [ControlMessage], follow: [ControlMessage]) = ([], [])
        var ends: (lead: ControlError??, follow: ControlError??) = (nil, nil)

        init() {
            lead = LeadConversation(peer: "rank 1")
            follow = FollowConversation(peer: "rank 0", nowNanoseconds: 0)
        }

        mutating func say(_ event: LeadConversation.Event) { doLead(lead.handle(event, nowNanoseconds: now)) }
        mutating func say(_ event: FollowConversation.Event) { doFollow(follow.handle(event, nowNanoseconds: now)) }

        private mutating func doLead(_ actions: [ConversationAction]) {
            for action in actions {
                switch action {
                case .send(let message): doFollow(follow.handle(.heard(message), nowNanoseconds: now))
                case .tell(let message): told.lead.append(message)
                case .end(let error): ends.lead = .some(error)
                }
            }
        }

        private mutating func doFollow(_ actions: [ConversationAction]) {
            for action in actions {
                switch action {
                case .send(let message): doLead(lead.handle(.heard(message), nowNanoseconds: now))
                case .tell(let message): told.follow.append(message)
                case .end(let error): ends.follow = .some(error)
                }
            }
        }

        /// From the beginning to a phase, or back to `idle` by a whole trial.
        mutating func go(to phase: ControlPhase) {
            say(.prepare([1]))
            if phase == .preparing { return }
            say(.ready([2]))
            if phase == .ready { return }
            say(.open([3]))
            say(.counts([4]))
            if phase == .open { return }
            say(.stop([5]))
            say(.counts([6]))
            if phase == .draining { return }
            say(.drained([7]))
            say(.settle)
            if phase == .settling { return }
            say(.outcome([8]))
        }
    }

    @Test func aTrialGoesThroughItsPhases() {
        var talk = Talk()
        for serial in 1...3 as ClosedRange<UInt32> {
            talk.told = ([], [])
            talk.go(to: .idle)
            #expect(talk.told.follow.map(\.verb) == [.prepare, .open, .stop, .outcome])
            #expect(talk.told.lead.map(\.verb) == [.ready, .counts, .counts, .drained, .outcome])
            #expect(talk.told.lead.map(\.body) == [[2], [4], [6], [7], [8]])
            #expect(talk.told.follow.map(\.body) == [[1], [3], [5], []])
            #expect((talk.told.lead + talk.told.follow).allSatisfy { $0.serial == serial })
            #expect(talk.lead.phase == .idle && talk.follow.phase == .idle)
        }
        talk.say(.finish)
        #expect(talk.ends.lead == .some(nil) && talk.ends.follow == .some(nil))
        #expect(talk.lead.phase == .over && talk.follow.phase == .over && talk.lead.failure == nil && talk.follow.failure == nil)
    }

    /// Warm-up and window are two phases of one trial.
    @Test func aTrialMayBeOpenedAgain() {
        var talk = Talk()
        talk.go(to: .draining)
        talk.say(.drained([]))
        talk.say(.open([9]))
        #expect(talk.lead.phase == .open && talk.follow.phase == .open && talk.lead.serial == 1)
        #expect(talk.told.follow.last == ControlMessage(.open, serial: 1, body: [9]))
    }

    /// Kill, stop, cut, failure, and a trial that hangs while its heart beats: in each phase and on each side, the other ends, and says why.
    @Test(arguments: ControlPhase.allCases.filter { $0 != .over }, Fault.allCases)
    private func whoeverEndsIsMissed(_ phase: ControlPhase, _ fault: Fault) throws {
        for side in Side.allCases {
            var talk = Talk()
            if phase != .idle { talk.go(to: phase) }
            talk.ends = (nil, nil)
            #expect(talk.lead.phase == phase && talk.follow.phase == phase)
            talk.follow.limitOpen(toNanoseconds: nil)
            let expected: ControlError
            let isLead = side == .lead
            let peer = isLead ? "rank 0" : "rank 1"
            switch fault {
            case .killed: expected = .lost(peer: peer, .closed)
            case .stopped, .cut: expected = .lost(peer: peer, .silent(milliseconds: 3_000))
            case .failed: expected = .peerFailed(peer: peer, sentence: "the disk is full")
            case .mute:
                // Only who waits for the other's word can miss it.
                let deadline = isLead ? talk.follow.deadlineNanoseconds : talk.lead.deadlineNanoseconds
                let waits: Set<ControlPhase> = isLead ? [.idle, .ready] : [.preparing, .draining, .settling]
                #expect((deadline != nil) == waits.contains(phase))
                guard let deadline else { continue }
                expected = .overdue(phase, seconds: Int(deadline / 1_000_000_000))
                for now in [deadline - 1, deadline] {
                    talk.now = now
                    if isLead { talk.say(FollowConversation.Event.time) } else { talk.say(LeadConversation.Event.time) }
                    #expect((isLead ? talk.ends.follow : talk.ends.lead) == (now == deadline ? .some(expected) : nil))
                }
                // The one that hangs is told, for when it wakes up.
                #expect(
                    (isLead ? talk.ends.lead : talk.ends.follow)
                        == .some(.peerFailed(peer: isLead ? "rank 1" : "rank 0", sentence: expected.sentence)))
                continue
            }
            switch (fault, side) {
            case (.failed, .lead): talk.say(LeadConversation.Event.fail("the disk is full"))
            case (.failed, .follow): talk.say(FollowConversation.Event.fail("the disk is full"))
            case (_, .lead): talk.say(FollowConversation.Event.lost(expected))
            case (_, .follow): talk.say(LeadConversation.Event.lost(expected))
            }
            #expect((isLead ? talk.ends.follow : talk.ends.lead) == .some(expected))
            #expect((isLead ? talk.follow.phase : talk.lead.phase) == .over)
            #expect((isLead ? talk.follow.failure : talk.lead.failure) == expected)
            // Whatever comes after is answered by the end, or by nothing.
            if isLead {
                #expect(talk.follow.handle(.counts([]), nowNanoseconds: 9) == [])
                #expect(talk.follow.handle(.drained([]), nowNanoseconds: 9) == [.end(expected)])
                #expect(talk.follow.handle(.heard(ControlMessage(.open)), nowNanoseconds: 9) == [])
            } else {
                #expect(talk.lead.handle(.open([]), nowNanoseconds: 9) == [.end(expected)])
                #expect(talk.lead.handle(.heard(ControlMessage(.counts)), nowNanoseconds: 9) == [])
            }
        }
    }

    /// Every verb in every phase: those that belong there are taken, all others end it, and nothing else happens.
    @Test(arguments: ControlPhase.allCases.filter { $0 != .over }) func verbsOutOfTurnEndIt(_ phase: ControlPhase) {
        let toLead: [ControlPhase: Set<ControlVerb>] = [
            .preparing: [.ready], .open: [.counts], .draining: [.counts, .drained], .settling: [.outcome]
        ]
        let toFollow: [ControlPhase: Set<ControlVerb>] = [.idle: [.prepare], .ready: [.open, .outcome], .open: [.stop]]
        for verb in ControlVerb.allCases where verb != .failed && verb != .finished {
            for step in 0...2 as ClosedRange<UInt32> {
                var talk = Talk()
                if phase != .idle { talk.go(to: phase) }
                let right = talk.lead.serial + (verb == .prepare ? 1 : 0)
                let message = ControlMessage(verb, serial: right + step)
                let lead = talk.lead.handle(.heard(message), nowNanoseconds: 0)
                #expect((lead == [.tell(message)]) == (toLead[phase, default: []].contains(verb) && step == 0), "lead, \(verb) + \(step)")
                #expect(lead == [.tell(message)] || lead.last == .end(.outOfTurn(verb, phase)) && lead.count == 2)
                let follow = talk.follow.handle(.heard(message), nowNanoseconds: 0)
                #expect(
                    (follow == [.tell(message)]) == (toFollow[phase, default: []].contains(verb) && step == 0), "follow, \(verb) + \(step)")
                #expect(follow == [.tell(message)] || follow.last == .end(.outOfTurn(verb, phase)) && follow.count == 2)
            }
        }
    }

    @Test func whoFinishesInTheMiddleIsTold() {
        for phase in ControlPhase.allCases where phase != .over && phase != .idle {
            var talk = Talk()
            talk.go(to: phase)
            #expect(talk.follow.handle(.heard(ControlMessage(.finished)), nowNanoseconds: 0) == [.end(.peerFinished(peer: "rank 0"))])
            #expect(talk.lead.handle(.heard(ControlMessage(.finished)), nowNanoseconds: 0) == [.end(.peerFinished(peer: "rank 1"))])
        }
    }

    /// What another host says of its failure can't act on a terminal, nor fill it.
    @Test func foreignSentencesAreTame() throws {
        for (body, sentence) in [
            (Array("{\"sentence\":\"a\\u001b[2Jb\"}".utf8), "a\u{1B}[2Jb".visible), ([], "it didn't say why"),
            (Array("{}".utf8), "it didn't say why"),
            (try ControlBody.encode(["sentence": String(repeating: "x", count: 90_000)], of: .failed), String(repeating: "x", count: 2_000))
        ] {
            var lead = LeadConversation(peer: "rank 1")
            let told = lead.handle(.heard(ControlMessage(.failed, body: body)), nowNanoseconds: 0)
            #expect(told == [.end(.peerFailed(peer: "rank 1", sentence: sentence))])
        }
    }

    /// Every error is one sentence, and says what to do, or is our own doing.
    @Test func errorsAreSentences() {
        let address = ControlAddress.tcp(host: "::1", port: 5)
        let errors: [ControlError] = [
            .noSecret, .shortSecret(characters: 3), .badAddress("x"), .cannotListen(address, reason: "r"),
            .nobodyThere(address, seconds: 1, reason: "r"), .nobodyCame(address, seconds: 1), .otherSecret(address), .strangers("two"),
            .tooLarge(bytes: 1), .unreadable(.open, "r"), .lost(peer: "p", .closed), .lost(peer: "p", .silent(milliseconds: 1)),
            .lost(peer: "p", .forged), .lost(peer: "p", .flooded), .lost(peer: "p", .broken("b")), .outOfTurn(.open, .idle),
            .overdue(.ready, seconds: 3), .peerFailed(peer: "p", sentence: "s"), .peerFinished(peer: "p")
        ]
        for error in errors {
            #expect(!error.sentence.isEmpty && !error.sentence.hasSuffix(".") && error.remedy?.isEmpty == false, "\(error)")
        }
        #expect(ControlError.otherSecret(address).exitCode == 64 && ControlError.lost(peer: "p", .closed).exitCode == 3)
    }
}
