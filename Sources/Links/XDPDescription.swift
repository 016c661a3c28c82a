import CLinux
import Kernel

/// The XDP programs of a link (IFLA_XDP) in the words of ip(8).
public struct XDPDescription: Encodable, Equatable, Sendable {
    /// XDP_ATTACHED_… of `linux/if_link.h`: 1 in the driver, 2 generic, 3 in hardware, 4 several.
    public var mode: UInt8
    public var program: Program?
    public var attached: [Attachment]

    public struct Attachment: Encodable, Equatable, Sendable {
        public var mode: UInt8
        public var program: Program

        private enum CodingKeys: String, CodingKey {
            case mode
            case program = "prog"
        }
    }

    /// The identifier, and the rest where this user may look it up.
    public struct Program: Encodable, Equatable, Sendable {
        public var identifier: UInt32
        public var name: String?
        public var tag: String?
        public var compiled: UInt8?
        /// Nanoseconds after boot.
        public var loadTime: UInt64?
        public var creatorUser: UInt32?
        public var typeInformation: UInt32?

        private enum CodingKeys: String, CodingKey {
            case identifier = "id"
            case name, tag
            case compiled = "jited"
            case loadTime = "load_time"
            case creatorUser = "created_by_uid"
            case typeInformation = "btf_id"
        }

        init(identifier: UInt32) {
            self.identifier = identifier
            guard let program = ProgramFacts(identifier: identifier) else { return }
            name = program.name
            tag = program.tag
            compiled = program.isCompiled ? 1 : 0
            loadTime = program.loadNanoseconds == 0 ? nil : program.loadNanoseconds
            creatorUser = loadTime == nil ? nil : program.creatorUser
            typeInformation = program.typeInformation == 0 ? nil : program.typeInformation
        }
    }

    private enum CodingKeys: String, CodingKey {
        case mode
        case program = "prog"
        case attached
    }

    /// Nil without a program.
    init?(_ attributes: NetlinkAttributes?) {
        guard let attributes, let mode = attributes.integer(UInt16(IFLA_XDP_ATTACHED), as: UInt8.self), mode != 0 else { return nil }
        func read(_ type: Int) -> Program? {
            attributes.integer(UInt16(type), as: UInt32.self).flatMap { $0 == 0 ? nil : Program(identifier: $0) }
        }
        self.mode = mode
        program = read(Int(IFLA_XDP_PROG_ID))
        attached = [(UInt8(2), Int(IFLA_XDP_SKB_PROG_ID)), (1, Int(IFLA_XDP_DRV_PROG_ID)), (3, Int(IFLA_XDP_HW_PROG_ID))]
            .compactMap { mode, type in read(type).map { Attachment(mode: mode, program: $0) } }
    }

    /// The mode for people.
    public var modeName: String {
        switch mode {
        case 1: "in the driver"
        case 2: "generic"
        case 3: "in hardware"
        default: "several"
        }
    }
}
