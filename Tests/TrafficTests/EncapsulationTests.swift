import Frames
import Testing

@testable import Traffic

@Suite struct EncapsulationTests {
    @Test(arguments: [
        "vxlan:0", "vxlan:16777215", "vxlan:7:10.0.0.1:10.0.0.2", "gre", "gre:0", "gre:4294967295", "gre::10.0.0.1:10.0.0.2",
        "gre:9:10.0.0.1:10.0.0.2", "mpls:16", "mpls:1048575/16/17"
    ]) func wordsAreReadAsTheyAreWritten(_ text: String) throws {
        #expect(try #require(Encapsulation(text)).description == text)
    }

    @Test(arguments: [
        "", "vxlan", "vxlan:", "vxlan:16777216", "vxlan:-1", "vxlan:7:10.0.0.1", "vxlan:7:10.0.0.1:", "vxlan:7:a:b", "gre:", "gre:x",
        "gre:4294967296", "mpls", "mpls:", "mpls:15", "mpls:1048576", "mpls:16/", "mpls:16:17", "mpls:16/16/16/16/16/16/16/16/16",
        "geneve:1"
    ]) func whatHeadersCannotHoldIsNone(_ text: String) { #expect(Encapsulation(text) == nil) }

    @Test(arguments: ["vxlan:70000", "gre", "gre:9", "mpls:16/17/18"], [NetworkProtocol.ipv4, .ipv6])
    func outerHeadersTakeWhatTheySay(_ text: String, _ network: NetworkProtocol) throws {
        var recipe = FrameRecipe()
        recipe.network = network
        let plain = recipe.headerBytes
        recipe.encapsulation = Encapsulation(text)
        recipe.sizeBytes = 200
        recipe.dscp = 46
        let carrier = try #require(recipe.encapsulation)
        #expect(recipe.headerBytes == plain + carrier.byteCount)
        let frame = try FrameBuilder.build(recipe)
        #expect(frame.bytes.count == 196 && Int(frame.stampPoint.signatureOffset) == recipe.headerBytes)
        let decoded = FrameDecoder.decode(frame.stamped(stream: StreamIdentifier(epoch: 1, worker: 0), sequence: 5))
        #expect(decoded.problems.isEmpty, "\(decoded.problems)")
        #expect(decoded.layers.map(\.kind).contains(.signature), "\(decoded.layers.map(\.kind))")
        // RFC 2983: the class of the packet is to be seen outside.
        if carrier.endpoints != nil { #expect(decoded.values("ip.dsfield.dscp").first == "46") }
        if text == "vxlan:70000" { #expect(decoded.values("vxlan.vni") == ["70000"] && decoded.values("udp.dstport").first == "4789") }
        if text == "gre:9" { #expect(decoded.values("gre.key").first.map { $0.hasSuffix("9") } == true) }
        if text.hasPrefix("mpls") { #expect(decoded.values("mpls.label") == ["16", "17", "18"]) }
    }

    /// No rule may change what an outer header's checksum covers.
    @Test func outerAddressesAreNotForRules() {
        var recipe = FrameRecipe()
        recipe.encapsulation = Encapsulation("vxlan:1")
        let names = Set(Headers(recipe).spots.keys)
        #expect(names.isSuperset(of: ["ip.src", "udp.srcport", "udp.srcport#1", "udp.srcport#2", "eth.src#1", "eth.src#2", "vxlan.vni"]))
        #expect(!names.contains("ip.src#1") && names.contains("ip.src#2"))
    }
}
