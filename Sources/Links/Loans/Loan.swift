import Kernel

/// A setting that was changed for a run, and has to be given back.
struct Loan: Equatable, Sendable {
    var interface: LoanedInterface
    var setting: LinkSetting
    /// As it was before the first of all runs that hold it.
    var original: String
    /// As this run has set it.
    var ours: String

    /// Whether it is about the same setting of the same interface.
    func isSame(as other: Loan) -> Bool { setting == other.setting && interface.isSame(as: other.interface) }
}

/// By what an interface is recognised, also by another process: names change, and go to others.
struct LoanedInterface: Equatable, Sendable {
    /// The namespace's number that no other gets; nil before Linux 5.14.
    var cookie: UInt64?
    var namespace: NamespaceIdentity
    var index: Int
    /// `veth`; empty for hardware.
    var kind: String
    /// As it was before the first change; empty without one.
    var address: String
    /// For people, and as a hint where to look: what they were called.
    var namespaceName: String
    var name: String

    init(_ end: LinkEnd, address: String) {
        cookie = end.table.namespaceCookie
        namespace = end.namespace.identity
        index = end.link.index
        kind = end.link.kind
        self.address = address
        namespaceName = end.namespace.name
        name = end.link.name
    }

    func isSame(as other: LoanedInterface) -> Bool {
        index == other.index && (cookie != nil && other.cookie != nil ? cookie == other.cookie : namespace == other.namespace)
    }

    /// `va@blue`.
    var place: String { namespaceName == "host" ? name : "\(name)@\(namespaceName)" }
}

// MARK: a line of the journal

extension Loan {
    /// Fields between tabs; whatever isn't a plain character of ASCII stands as `%` and two digits.
    var line: String {
        let interface = interface
        return [
            interface.cookie.map { "\($0)" } ?? "", "\(interface.namespace.device)", "\(interface.namespace.inode)", "\(interface.index)",
            interface.kind, interface.address, interface.namespaceName, interface.name, setting.code, original, ours
        ].map(Self.escaped).joined(separator: "\t")
    }

    init?(line: some StringProtocol) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map { Self.unescaped($0.utf8) }
        guard fields.count == 11, let device = UInt64(fields[1]), let inode = UInt64(fields[2]), let index = Int32(fields[3]), index > 0,
            let setting = LinkSetting(code: fields[8])
        else { return nil }
        interface = LoanedInterface(
            cookie: UInt64(fields[0]), namespace: NamespaceIdentity(device: device, inode: inode), index: Int(index), kind: fields[4],
            address: fields[5], namespaceName: fields[6], name: fields[7])
        self.setting = setting
        original = fields[9]
        ours = fields[10]
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { line, byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                line.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                line += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }

    private static func unescaped(_ text: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text)[...]
        while let first = rest.popFirst() {
            let digits = rest.prefix(2)
            if first == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(first)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension LoanedInterface {
    fileprivate init(
        cookie: UInt64?, namespace: NamespaceIdentity, index: Int, kind: String, address: String, namespaceName: String, name: String
    ) {
        self.cookie = cookie
        self.namespace = namespace
        self.index = index
        self.kind = kind
        self.address = address
        self.namespaceName = namespaceName
        self.name = name
    }
}
