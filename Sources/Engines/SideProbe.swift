import Links
import Traffic

/// How `vethmark probe` finds out whether a side works here.
package struct SideProbe {
    /// The answer of the probe that says it already: there is nothing more to try.
    package var follows: String?
    /// Whether it is tried on a private pair: without one there is nothing to say.
    package var needsPair = false
    /// What helps where it doesn't work.
    package var remedy: String
    /// Tries it, and says what works then.
    package var attempt: () throws -> String

    package static let rawSocket = "run as root, with CAP_NET_RAW, or allow user namespaces"
    package static let programs = "run as root: CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON in the initial user namespace"

    /// A frame that every engine can send.
    package static func template() throws -> FrameTemplate { try FrameBuilder.build(FrameRecipe()) }

    /// Does something at the transmitting end of a pair of its own.
    static func onPair(_ body: @escaping @Sendable (_ interfaceIndex: Int) throws -> Void) throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let index = pair.transmit.link.index
        try pair.transmit.namespace.perform { try body(index) }
    }
}
