import Records
import Testing

@testable import Analysis

/// What a person may write, and what is said of the rest.
@Suite struct FilterParsingTests {
  @Test(arguments: [
    ("prot=53", 1, "there is no key 'prot': did you mean port?"),
    ("xyzzy=1", 1, "there is no key 'xyzzy': it can be to, port, call, fd,"),
    ("", 1, "there is no key ''"), ("port", 5, "expected =, !=, <, <=, > or >="),
    ("port53", 1, "there is no key 'port53': did you mean port?"),
    ("port=", 6, "a value has to follow"), ("port=a", 6, "expected a number"),
    ("port=1,", 8, "expected a number"), ("port>1,2", 8, "only = and != take several values"),
    ("port=99999999999999999999", 6, "expected a number"),
    ("outcome>partial", 8, "outcome is no number: it takes = or !="),
    ("outcome=partail", 9, "there is no value 'partail': did you mean partial?"),
    ("outcome=x", 9, "there is no value 'x': it can be complete, partial,"),
    ("outcome=failed,x", 16, "there is no value 'x'"),
    ("errno=EMSGSIZ", 7, "there is no errno 'EMSGSIZ': did you mean EMSGSIZE?"),
    ("control=UDP_SEGMNT", 9, "there is no type of control message 'UDP_SEGMNT': did you mean"),
    ("duration>5", 10, "expected a time, such as 2ms"), ("duration>5x", 10, "expected a time"),
    ("duration>9223372036854775807s", 10, "expected a time"),
    ("to=", 4, "a value has to follow"), ("to=10.0.0.0/33", 13, "a number of bits from 0 to 32"),
    ("to=10.0.0.0/", 13, "a number of bits"), ("to=10.0.0", 4, "expected ADDRESS"),
    ("to=10.0.0.1:x", 13, "expected a port"), ("to=10.0.0.1:9-2", 13, "expected a port"),
    ("to=[::1", 4, "] is missing"), ("to=[1.2.3.4]", 5, "this is no IPv6 address"),
    ("to=[fe80::1%lo]:9", 12, "a zone is not taken"), ("to=[x%lo]", 5, "no IPv6 address"),
    ("to=[::1]x", 9, "expected :PORT or the end"), ("to=[::1]/129", 10, "from 0 to 128"),
    ("to=unix:", 9, "a path, @name or * has to follow"), ("to=AF_NO", 4, "no address family"),
    ("to=10.0.0.1,", 13, "expected ADDRESS"),
  ])
  func mistakes(_ text: String, _ column: Int, _ what: String) {
    do throws(PatternError) {
      _ = try FilterTerm(text)
      Issue.record("\(text) was understood")
    } catch {
      #expect(text.distance(from: text.startIndex, to: error.place.startIndex) + 1 == column)
      #expect(error.what.contains(what), "\(error.what)")
    }
  }

  @Test(
    arguments: [
      ("10.1.2.3", 0x0a01_0203, 1, true), ("10.1.2.3", 0x0a01_0204, 1, false),
      ("10.0.0.0/8", 0x0aff_ffff, 1, true), ("10.0.0.0/8", 0x0b00_0000, 1, false),
      // What lies beyond the prefix does not matter.
      ("10.1.2.3/8", 0x0a09_0909, 1, true), ("0.0.0.0/0", 0xffff_ffff, 1, true),
      ("10.0.0.0/31", 1 | 0x0a00_0000, 1, true), ("10.0.0.0/31:1-9", 0x0a00_0000, 9, true),
      ("10.0.0.0:1-9", 0x0a00_0000, 10, false), ("*:53", 1, 53, true), (":53", 1, 54, false),
      ("*", 1, 1, true), ("AF_INET", 1, 1, true), ("AF_INET6", 1, 1, false), ("::/0", 1, 1, false),
    ] as [(Substring, UInt32, UInt16, Bool)])
  func ipv4(_ pattern: Substring, _ address: UInt32, _ port: UInt16, _ matches: Bool) throws {
    let pattern = try DestinationPattern(pattern)
    let plain = SocketAddress(family: .inet, form: .inet(address: address, port: port), raw: nil)
    #expect(pattern.matches(plain) == matches)
    guard case .ipv4 = pattern.host else { return }
    // Mapped into IPv6 it is the same destination.
    let mapped = SocketAddress(
      family: .inet6,
      form: .inet6(
        address: IPv6Address(high: 0, low: 0xffff_0000_0000 | UInt64(address)), port: port,
        flowInfo: 0, scope: 0), raw: nil)
    #expect(pattern.matches(mapped) == matches)
  }

  @Test(
    arguments: [
      ("[2001:db8::]/32:443", "2001:db8:ffff::1", true),
      ("[2001:db8::]/32:443", "2001:db9::", false),
      ("[2001:db8::]/32:444", "2001:db8::", false), ("[::1]", "::1", true), ("::1", "::1", true),
      ("::1", "::2", false), ("2001:db8::/32", "2001:db8::5", true), ("[::]/0", "ff::", true),
      ("[fe80::]/64", "fe80::ffff:ffff:ffff:ffff", true),
      ("[fe80::]/65", "fe80::8000:0:0:0", false),
      ("[fe80::1]/127", "fe80::", true), ("[::1]/128", "::", false), ("AF_INET6", "::", true),
      ("10.0.0.0/8", "::10.0.0.1", false),
    ] as [(Substring, String, Bool)])
  func ipv6(_ pattern: Substring, _ address: String, _ matches: Bool) throws {
    let address = SocketAddress(
      family: .inet6,
      form: .inet6(
        address: try #require(IPv6Address(address)), port: 443, flowInfo: 0, scope: 0), raw: nil)
    #expect(try DestinationPattern(pattern).matches(address) == matches)
  }

  @Test(
    arguments: [
      ("unix:/run/x.sock", .path(Array("/run/x.sock".utf8)), true),
      ("unix:/run/x.sock", .path(Array("/run/x.sock2".utf8)), false),
      ("unix:/run/*", .path(Array("/run/x.sock".utf8)), true),
      ("unix:*.sock", .path(Array("/run/x.sock".utf8)), true),
      ("unix:/run/*/a*", .path(Array("/run/b/c/ab".utf8)), true),
      ("unix:/run/*/a*", .path(Array("/run/a".utf8)), false),
      ("unix:@name", .abstract(Array("name".utf8)), true),
      ("unix:@name", .path(Array("name".utf8)), false), ("unix:@*", .abstract([0xff]), true),
      ("unix:*", .unnamed, true), ("unix:*", .abstract([]), true), ("unix:@*", .unnamed, false),
      ("*:53", .unnamed, false), ("AF_UNIX", .unnamed, true),
    ] as [(Substring, UnixName, Bool)])
  func unix(_ pattern: Substring, _ name: UnixName, _ matches: Bool) throws {
    let address = SocketAddress(family: .unix, form: .unix(name), raw: nil)
    #expect(try DestinationPattern(pattern).matches(address) == matches)
  }

  @Test func portsOfOtherFamilies() throws {
    let vsock = SocketAddress(
      family: .vsock,
      form: .fields([Field("cid", .unsigned(2)), Field("port", .unsigned(70_000))]),
      raw: nil)
    #expect(try DestinationPattern("*:70000").matches(vsock))
    #expect(try DestinationPattern("AF_VSOCK").matches(vsock))
    #expect(!(try DestinationPattern("*:53").matches(vsock)))
  }

  @Test(arguments: [
    ("a*b*c", "abc", true), ("a*b*c", "axxbxxc", true), ("a*b*c", "acb", false), ("*", "", true),
    ("a*a", "a", false), ("**", "x", true), ("", "", true), ("", "x", false), ("*b*", "aba", true),
  ])
  func wildcards(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(WildcardPattern(pattern).matches(Array(text.utf8)) == matches)
  }

  @Test(arguments: [
    ("prot", "port"), ("ourcome", "outcome"), ("OUTCOME", "outcome"), ("errn", "errno"),
    ("completely", nil), ("x", nil), ("", nil),
  ])
  func spelling(_ word: String, _ nearest: String?) {
    #expect(Spelling.nearest(to: word, among: ["port", "pid", "errno", "outcome"]) == nearest)
  }
}
