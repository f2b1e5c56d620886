import CTracee
import Foundation
import Testing

@testable import Tracing

/// `cap_capable`: who may what in a user namespace that user 1234 has made, and its network.
@Suite struct UserNamespacesTests {
  private static let maker: UInt32 = 1234

  @Test(.enabled(if: geteuid() == 0, "needs root"), .timeLimit(.minutes(1)))
  func theMakerOfANamespaceMayAll() throws {
    let inside = try Sleeper(["unshare", "--user", "--net"], user: Self.maker)
    let outside = try Sleeper([], user: Self.maker)
    let socket = try #require(Self.socket(inNetworkOf: inside.pid))
    func rights(_ who: Sleeper, _ user: UInt32?) -> UserNamespaces.Rights? {
      UserNamespaces.rights(of: who.pid, user: user, forNetworkOf: socket.number)
    }
    #expect(rights(outside, Self.maker) == .all)
    #expect(rights(outside, Self.maker + 1) == .held, "another user of the namespace above")
    #expect(rights(outside, nil) == .held, "of a user who is not known")
    #expect(rights(inside, Self.maker) == .held, "in the namespace itself, what it holds")

    let ours = Descriptor(Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    func ownRights(_ who: Sleeper) -> UserNamespaces.Rights? {
      UserNamespaces.rights(of: who.pid, user: Self.maker, forNetworkOf: ours.number)
    }
    #expect(ownRights(outside) == .held)
    #expect(ownRights(inside) == UserNamespaces.Rights.none, "a network of the namespace above")
  }

  /// Made by a thread that ends in that network.
  private static func socket(inNetworkOf pid: Int32) -> Descriptor? {
    nonisolated(unsafe) var made: Int32 = -1
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let network = Descriptor(unsafe open("/proc/\(pid)/ns/net", O_RDONLY | O_CLOEXEC))
      if tracee_enter_network(network.number) == 0 {
        unsafe made = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
      }
      done.signal()
    }
    done.wait()
    return unsafe made >= 0 ? Descriptor(unsafe made) : nil
  }
}

/// A process that says when it is there, and ends with its standard input.
private final class Sleeper {
  let pid: Int32
  private let process = Process()
  private let input = Pipe()

  init(_ wrapper: [String], user: UInt32) throws {
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["setpriv", "--reuid", "\(user)", "--clear-groups"] + wrapper
      + ["sh", "-c", "echo there; exec cat"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    pid = process.processIdentifier
    _ = output.fileHandleForReading.availableData
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
