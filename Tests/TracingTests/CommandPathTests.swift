import Glibc
import Records
import TestSupport
import Testing
import Tracing

/// Commands are looked for as execvp(3) does it.
///
///     bin/   tool 0755, plain 0644, folder/, link → tool, dangling → nothing
///     more/  tool 0755, plain 0755, other 0700, folder 0755
@Suite struct CommandPathTests {
  private let root: TemporaryFolder

  init() throws {
    root = try TemporaryFolder()
    try root.makeFolder("bin")
    try root.makeFolder("bin/folder")
    try root.makeFile("bin/tool", mode: 0o755)
    try root.makeFile("bin/plain", mode: 0o644)
    try root.makeLink("bin/link", to: "tool")
    try root.makeLink("bin/dangling", to: "nothing")
    try root.makeFolder("more")
    try root.makeFile("more/tool", mode: 0o755)
    try root.makeFile("more/plain", mode: 0o755)
    try root.makeFile("more/other", mode: 0o700)
    try root.makeFile("more/folder", mode: 0o755)
  }

  // In commands, search paths and results `@` stands for the folder of the test.
  @Test(
    arguments: [
      ("tool", "@/bin:@/more", "@/bin/tool", "the first of two"),
      ("tool", "@/more:@/bin", "@/more/tool", "whichever comes first"),
      ("other", "@/bin:@/more", "@/more/other", "only in the second"),
      ("other", "@/none:@/more", "@/more/other", "a directory that is not there is passed by"),
      ("other", "@/bin/tool:@/more", "@/more/other", "so is a file in the path"),
      ("plain", "@/bin:@/more", "@/more/plain", "one that may not be executed is passed by"),
      ("folder", "@/bin:@/more", "@/more/folder", "so is a directory"),
      ("dangling", "@/bin:@/more", nil, "so is a link to nothing"),
      ("link", "@/bin", "@/bin/link", "a link is not resolved"),
      ("tool", "@/bin/", "@/bin//tool", "a slash too many does no harm"),
      ("@/bin/tool", "", "@/bin/tool", "with a slash PATH does not matter"),
      ("@/bin/plain", "@/more", "@/bin/plain", "nor whether it may be executed"),
      ("@/none", "@/more", "@/none", "nor whether it is there"),
      ("bin/tool", "@", "bin/tool", "a slash anywhere keeps PATH out"),
      ("./tool", "@/bin", "./tool", "the same"),
      ("/", "@/bin", "/", "the same"),
    ] as [(String, String, String?, Comment)])
  func finds(command: String, searchPath: String, found: String?, reason: Comment) {
    #expect(resolve(command, searchPath) == found.map { .found(absolute($0)) } ?? .noEntry, reason)
  }

  @Test(
    arguments: [
      ("tool", "", .noEntry, "not in the current directory"),
      ("nothing", "@/bin:@/more", .noEntry, "nowhere"),
      ("plain", "@/bin", .accessDenied, "there, but not to be executed"),
      ("plain", "@/bin:@/none", .accessDenied, "which outweighs that it is not elsewhere"),
      ("plain", "@/none:@/bin", .accessDenied, "in any order"),
      ("folder", "@/bin", .noEntry, "a directory is no command"),
      ("dangling", "@/bin", .noEntry, "a link to nothing"),
      ("", "@/bin", .noEntry, "no name"),
      ("..", "@/bin", .noEntry, "the parent directory"),
    ] as [(String, String, Resolved, Comment)])
  func refuses(command: String, searchPath: String, answer: Resolved, reason: Comment) {
    #expect(resolve(command, searchPath) == answer, reason)
  }

  /// In a thread with a current directory of its own.
  @Test(
    arguments: [
      (":@/more", "the entry before the colon"),
      ("@/none:", "the entry behind the colon"),
      ("@/none::@/more", "the entry between two colons"),
      ("", "the only entry"),
      (".", "the directory by its name"),
    ] as [(String, Comment)])
  func emptyEntriesAreTheCurrentDirectory(searchPath: String, reason: Comment) throws {
    let answer = Box()
    let folder = root.path + "/bin"
    let path = absolute(searchPath)
    let thread = try OwnThread {
      guard Self.unshareCurrentDirectory(), unsafe chdir(folder) == 0 else { return }
      answer.resolved = Self.resolve("tool", path)
    }
    thread.join()
    #expect(answer.resolved == .found("./tool"), reason)
  }

  @Test func withoutPathTheSystemsDirectories() {
    #expect(Self.resolve("sh", nil) == .found("/bin/sh"))
    #expect(Self.resolve("no such command", nil) == .noEntry)
  }

  @Test func namesAreBytes() throws {
    let name: ByteString = [0xff, 0x20, 0x0a]
    let command = Array("\(root.path)/bin/".utf8) + name
    #expect(try CommandPath.resolve(command, searchPath: nil) == command)
    #expect(throws: LaunchError(step: .find, errno: .noEntry)) {
      try CommandPath.resolve(name, searchPath: [0x2f, 0xff])
    }
  }

  enum Resolved: Equatable {
    case found(String)
    case noEntry
    case accessDenied
    case otherwise(LaunchError)
  }

  /// Written by the one thread that is joined before it is read.
  private final class Box: @unchecked Sendable {
    var resolved: Resolved?
  }

  private func absolute(_ text: String) -> String {
    text.split(separator: "@", omittingEmptySubsequences: false).joined(separator: root.path)
  }

  private func resolve(_ command: String, _ searchPath: String) -> Resolved {
    Self.resolve(absolute(command), absolute(searchPath))
  }

  private static func resolve(_ command: String, _ searchPath: String?) -> Resolved {
    do throws(LaunchError) {
      let path = try CommandPath.resolve(
        Array(command.utf8), searchPath: searchPath.map { Array($0.utf8) })
      return .found(String(decoding: path, as: UTF8.self))
    } catch {
      switch error {
      case LaunchError(step: .find, errno: .noEntry): return .noEntry
      case LaunchError(step: .find, errno: Errno(rawValue: EACCES)): return .accessDenied
      default: return .otherwise(error)
      }
    }
  }

  /// unshare(2), a GNU function that Swift does not import.
  private static func unshareCurrentDirectory() -> Bool {
    typealias Unshare = @convention(c) (Int32) -> Int32
    let cloneFilesystem: Int32 = 0x200
    guard let symbol = unsafe dlsym(nil, "unshare") else { return false }
    return unsafe unsafeBitCast(symbol, to: Unshare.self)(cloneFilesystem) == 0
  }
}
