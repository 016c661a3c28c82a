import Kernel

/// What keeps `send` and `sniff` from doing their work: one sentence and a remedy.
enum CommandFailure: ExplainedError {
    case noRawSocket
    case tooLong(bytes: Int, mtuBytes: Int, interface: String)
    case wentAway(interface: String)
    case send(interface: String, SystemError)
    case frameTooShort(bytes: Int)
    case noFrames(path: String)
    case tooManyToKeep(path: String)
    case cannotEnter(namespace: String, SystemError)
}

extension CommandFailure: CustomStringConvertible {
    var sentence: String { description }

    var description: String {
        switch self {
        case .noRawSocket:
            "this needs CAP_NET_RAW, and this user does not have it; run it as root, or: sudo \(ProgramFile.setcap([.netRaw]))"
        case .tooLong(let bytes, let mtu, let interface):
            "a frame of \(bytes) bytes doesn't fit the MTU of \(mtu) bytes of \(interface); make it shorter, or: vethmark link set \(interface) --mtu \(max(68, bytes - 14))"
        case .wentAway(let interface): "\(interface) went down or away; `vethmark link show` tells what is left"
        case .send(let interface, let error):
            "sending on \(interface) failed: \(error.reason) (\(error.call)); `vethmark link show` tells its state"
        case .frameTooShort(let bytes): "\(bytes) bytes are no frame; an Ethernet header alone has 14"
        case .noFrames(let path): "there is no frame in \(path); `capinfos` tells what is"
        case .tooManyToKeep(let path):
            "\(path) can't be read twice, and holds more than can be kept; write it to a file first, or leave out -n"
        case .cannotEnter(let namespace, let error):
            "network namespace \(namespace) can't be entered: \(error.reason); run it as root, or as the owner of that namespace"
        }
    }

    /// - Parameter error: of opening a packet socket or sending through it.
    init(_ error: SystemError, interface: OpenInterface, bytes: Int) {
        self =
            switch error.number {
            case ErrorNumber.notPermitted, ErrorNumber.accessDenied: .noRawSocket
            case ErrorNumber.messageSize: .tooLong(bytes: bytes, mtuBytes: interface.link.mtuBytes, interface: "\(interface.reference)")
            case ErrorNumber.networkDown, ErrorNumber.noSuchAddress, ErrorNumber.noSuchDevice:
                .wentAway(interface: "\(interface.reference)")
            default: .send(interface: "\(interface.reference)", error)
            }
    }
}
