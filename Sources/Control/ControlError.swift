import Kernel

/// What keeps two ranks from meeting, or ends what they do together. Each is one sentence and a remedy.
public enum ControlError: Error, Equatable, Sendable {
    /// Nothing listens or connects without a secret.
    case noSecret
    case shortSecret(characters: Int)
    case badAddress(String)
    case cannotListen(ControlAddress, reason: String)
    /// Nobody listened there for as long as we waited.
    case nobodyThere(ControlAddress, seconds: Int, reason: String)
    /// Nobody came who belongs to us.
    case nobodyCame(ControlAddress, seconds: Int)
    /// Who came, or who listened, has another secret.
    case otherSecret(ControlAddress)
    /// Two that aren't two ranks of one run.
    case strangers(String)
    case tooLarge(bytes: Int)
    /// JSON that isn't what the verb carries.
    case unreadable(ControlVerb, String)
    case lost(peer: String, Loss)
    /// A verb that has no meaning in this phase.
    case outOfTurn(ControlVerb, ControlPhase)
    /// A phase that hasn't ended in its time.
    case overdue(ControlPhase, seconds: Int)
    /// The other said that it can't go on.
    case peerFailed(peer: String, sentence: String)
    /// The other said that it is done, in the middle of a trial.
    case peerFinished(peer: String)
    /// This end closed the channel.
    case closed

    /// How a connection ends before its time.
    public enum Loss: Equatable, Sendable {
        /// By the other's kernel: the process is gone.
        case closed
        /// No word and no heartbeat.
        case silent(milliseconds: Int)
        /// Bytes that nobody with the secret sent, or that were repeated or left out.
        case forged
        /// More than anybody takes.
        case flooded
        case broken(String)
    }
}

extension ControlError: ExplainedError, CustomStringConvertible {
    /// Fit for a terminal: what is in it may be another host's words.
    public var description: String { explanation.visible }

    public var sentence: String {
        switch self {
        case .noSecret: "the ranks meet over the network, and \(ControlSecret.variable) is not set"
        case .shortSecret(let characters):
            "\(ControlSecret.variable) has \(characters) characters, and at least \(ControlSecret.leastCharacters) are needed"
        case .badAddress(let text): "'\(text)' is no address of a control connection"
        case .cannotListen(let address, let reason): "the control connection can't listen at \(address): \(reason)"
        case .nobodyThere(let address, let seconds, let reason): "no rank 0 has listened at \(address) for \(seconds) s: \(reason)"
        case .nobodyCame(let address, let seconds): "no other rank has come to \(address) for \(seconds) s"
        case .otherSecret(let address): "the other end of the control connection at \(address) has another secret"
        case .strangers(let why): why
        case .tooLarge(let bytes): "a message of \(bytes) bytes is more than the control connection carries"
        case .unreadable(let verb, let reason): "the body of '\(verb)' on the control connection can't be read or written: \(reason)"
        case .lost(let peer, let loss): "the control connection to \(peer) is lost: \(loss.words)"
        case .outOfTurn(let verb, let phase): "'\(verb)' came over the control connection while this rank was \(phase.words)"
        case .overdue(let phase, let seconds): "the other rank took more than \(seconds) s while this one was \(phase.words)"
        case .peerFailed(let peer, let sentence): "\(peer) can't go on: \(sentence)"
        case .peerFinished(let peer): "\(peer) ended in the middle of a trial"
        case .closed: "the control connection was closed at this end"
        }
    }

    public var remedy: String? {
        switch self {
        case .noSecret, .shortSecret:
            "set the same one for all ranks before they are started, as in: export \(ControlSecret.variable)=$(openssl rand -hex 16)"
        case .badAddress: "write HOST:PORT, [IPv6]:PORT or unix:/PATH, as in --control 10.0.0.1:7667"
        case .cannotListen: "name an address of rank 0's host that all ranks reach, as in --control 10.0.0.1:7667"
        case .nobodyThere, .nobodyCame:
            "start all ranks at about the same time with the same --control, and look for a firewall between them"
        case .otherSecret: "set the same \(ControlSecret.variable) for all ranks, as in: srun --export=ALL"
        case .strangers: "start all ranks by one engine, as in: srun -N2 -n2, with the same vethmark on all hosts"
        case .lost(_, .silent): "look whether the other host and the network between them are still there"
        case .lost(_, .closed), .peerFailed, .peerFinished: "look at what that rank printed last"
        case .lost(_, .forged): "look who else is on that network; nothing of it was used"
        case .lost, .overdue: "look at the other rank's host, and run it again"
        case .tooLarge, .unreadable, .outOfTurn: "use the same vethmark on all hosts"
        case .closed: nil
        }
    }

    /// 64 for what was asked for wrongly, 3 for what came to no result that can be trusted.
    public var exitCode: Int32? {
        switch self {
        case .noSecret, .shortSecret, .badAddress, .otherSecret, .strangers: 64
        case .lost, .outOfTurn, .overdue, .peerFailed, .peerFinished, .unreadable, .closed: 3
        case .cannotListen, .nobodyThere, .nobodyCame, .tooLarge: nil
        }
    }
}

extension ControlError.Loss {
    var words: String {
        switch self {
        case .closed: "it was closed at the other end"
        case .silent(let milliseconds): "nothing was heard for \(Double(milliseconds) / 1_000) s"
        case .forged: "what came was not sent by anybody with the secret, or not in this order"
        case .flooded: "more came than a rank has to say"
        case .broken(let reason): reason
        }
    }
}
