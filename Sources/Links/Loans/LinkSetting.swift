/// One setting of a borrowed interface: what is changed, remembered and given back by itself. Values are texts, as they stand in the journal.
public enum LinkSetting: Hashable, Sendable {
    /// Bytes.
    case mtu
    /// `02:76:6d:00:00:0a`.
    case address
    /// Active queues, transmit and receive: `2/1`.
    case channels
    /// `on` or `off`, by the kernel's name for it.
    case feature(String)
    /// The RPS mask of a receive queue: hexadecimal words of 32 CPUs, highest first.
    case steering(queue: Int)
    /// Threaded NAPI: `0` or `1`.
    case threaded

    /// `feature tx-udp-segmentation`: what the journal calls it.
    var code: String {
        switch self {
        case .mtu: "mtu"
        case .address: "address"
        case .channels: "channels"
        case .feature(let name): "feature " + name
        case .steering(let queue): "rps \(queue)"
        case .threaded: "threaded"
        }
    }

    init?(code: String) {
        let words = code.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.count) {
        case ("mtu", 1): self = .mtu
        case ("address", 1): self = .address
        case ("channels", 1): self = .channels
        case ("threaded", 1): self = .threaded
        case ("feature", 2): self = .feature(words[1])
        case ("rps", 2):
            guard let queue = UInt16(words[1]) else { return nil }
            self = .steering(queue: Int(queue))
        default: return nil
        }
    }

    /// For people, in front of a value.
    var name: String {
        switch self {
        case .mtu: "MTU"
        case .address: "address"
        case .channels: "queues (tx/rx)"
        case .feature(let name): name
        case .steering(let queue): "RPS of queue \(queue)"
        case .threaded: "threaded NAPI"
        }
    }

    /// What has to be given back first: threads are NAPI's, which an offload may have brought.
    var turn: Int {
        switch self {
        case .threaded: 0
        case .steering: 1
        case .feature: 2
        case .channels: 3
        case .mtu, .address: 4
        }
    }
}
