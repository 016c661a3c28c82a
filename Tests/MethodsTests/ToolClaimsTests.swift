import Testing

@testable import Methods

/// What tools printed and logged, recorded as they did, and what is read from it.
@Suite struct ToolClaimsTests {
    private func claims(_ tool: String, _ printed: String, logs: [String: String] = [:]) -> ToolClaims? {
        ToolClaims.read(tool: tool, printed: printed) { logs[$0] }
    }

    /// tcpdump 4.99.3.
    @Test func tcpdump() {
        let claims = claims(
            "tcpdump",
            """
            tcpdump: listening on vethmark-b, link-type EN10MB (Ethernet), snapshot length 262144 bytes
            20064 packets captured
            20100 packets received by filter
            36 packets dropped by kernel
            1 packet dropped by interface
            """)
        #expect(claims?.captured == 20_064 && claims?.received == 20_100 && claims?.dropped == 36 && claims?.interfaceDropped == 1)
    }

    /// dumpcap 4.0.17, whose counter of the moment is written over.
    @Test func dumpcap() {
        let printed =
            "Capturing on 'vB'\nFile: /tmp/d.pcap\n\rPackets: 97 \rPackets captured: 100\n"
            + "Packets received/dropped on interface 'vB': 100/3 (pcap:2/dumpcap:1/flushed:0/ps_ifdrop:5) (97.1%)\n"
        let claims = claims("dumpcap", printed)
        #expect(claims?.captured == 100 && claims?.received == 100 && claims?.dropped == 3 && claims?.interfaceDropped == 5)
    }

    /// tshark 4.0.17 says what was dropped only if something was.
    @Test func tshark() {
        let claims = claims(
            "tshark", "Capturing on 'vB'\n ** (tshark:14200) [Main MESSAGE] -- Capture started.\ntshark: \n100 packets captured\n")
        #expect(claims?.captured == 100 && claims?.dropped == nil)
        #expect(self.claims("tshark", "8 packets captured\n2 packets dropped from vB\n")?.dropped == 2)
    }

    /// netsniff-ng 0.6.8.
    @Test func netsniff() {
        let printed =
            "Running! Hang up with ^C!\n\n\r        1064  packets incoming (0 unread on exit)\n\r        1060  packets passed filter\n"
            + "\r           4  packets failed filter (out of space)\n\r      0.3759% packet droprate\n\r           1  sec, 4 usec in total\n"
        let claims = claims("netsniff-ng", printed)
        #expect(claims?.received == 1_064 && claims?.captured == 1_060 && claims?.dropped == 4)
    }

    /// Suricata 7: totals, of which the last line holds all.
    @Test func suricata() {
        let log = """
            {"timestamp":"2026-01-01T00:00:01.000000+0000","event_type":"stats","stats":{"uptime":8,"capture":{"kernel_packets":900,"kernel_drops":0,"errors":0},"decoder":{"pkts":900,"bytes":57600}}}
            {"timestamp":"2026-01-01T00:00:02.000000+0000","event_type":"flow","flow":{"pkts_toserver":1},"note":"stats"}
            {"timestamp":"2026-01-01T00:00:09.000000+0000","event_type":"stats","stats":{"uptime":16,"capture":{"kernel_packets":20000,"kernel_drops":250,"errors":0},"decoder":{"pkts":19750,"bytes":1264000}}}

            """
        let claims = claims("suricata", "", logs: ["eve.json": log])
        #expect(claims?.captured == 19_750 && claims?.received == 20_000 && claims?.dropped == 250 && claims?.source == "eve.json")
        #expect(self.claims("suricata", "", logs: ["eve.json": "{\"event_type\":\"alert\"}\n"]) == nil)
    }

    /// Zeek 6: each line holds what came since the one before.
    @Test func zeek() {
        let stats = """
            #separator \\x09
            #path\tstats
            #fields\tts\tpeer\tmem\tpkts_proc\tbytes_recv\tpkts_dropped\tpkts_link\tpkt_lag
            #types\ttime\tstring\tcount\tcount\tcount\tcount\tcount\tinterval
            1700000000.000000\tzeek\t120\t5000\t320000\t10\t5010\t0.1
            1700000300.000000\tzeek\t120\t7000\t448000\t-\t7000\t0.1
            #close\t2026-01-01-00-10-00
            """
        let loss = "{\"ts\":1700000300.0,\"peer\":\"zeek\",\"gaps\":1,\"acks\":50,\"percent_lost\":2.5}\n"
        let claims = claims("zeek", "", logs: ["stats.log": stats, "capture_loss.log": loss])
        #expect(claims?.captured == 12_000 && claims?.dropped == 10 && claims?.received == 12_010 && claims?.missedPercent == 2.5)
    }

    @Test func nothingIsReadWhereNothingIsKnown() {
        #expect(claims("tcpdump", "tcpdump: vB: No such device exists\n(No such device exists)\n") == nil)
        #expect(claims("mystery", "100 packets captured\n") == nil)
        #expect(claims("zeek", "") == nil)
    }
}
