import Glibc
import TestSupport
import Testing

@testable import mmsgtrace

/// What becomes of a full file and of those before it, also where something is in the way.
@Suite struct FileRotationTests {
  private static func rotation(keep: Int) -> FileRotation {
    FileRotation(maximumSize: 1, keep: keep)
  }

  /// Rotates once, and closes the file that comes of it.
  private static func rotate(_ folder: TemporaryFolder, keep: Int, header: String = "new") throws {
    let fd = try rotation(keep: keep).replace(
      folder.path(of: "t"), header: Array(header.utf8).span)
    #expect(close(fd) == 0)
  }

  @Test func theFullOneIsPutAway() throws {
    let folder = try TemporaryFolder(["t": "full"])
    try Self.rotate(folder, keep: 2)
    #expect(folder.contents == ["t": "new", "t.1": "full"])
  }

  @Test func olderOnesMoveUpAndTheOldestGoes() throws {
    let folder = try TemporaryFolder(["t": "c", "t.1": "b", "t.2": "a"])
    try Self.rotate(folder, keep: 2)
    #expect(folder.contents == ["t": "new", "t.1": "c", "t.2": "b"])
    try Self.rotate(folder, keep: 1, header: "newer")
    // What is beyond the number that is kept now goes when a trace begins.
    #expect(folder.contents == ["t": "newer", "t.1": "new", "t.2": "b"])
  }

  @Test func whatIsKeptNoLongerIsRemoved() throws {
    let folder = try TemporaryFolder([
      "t": "e", "t.1": "d", "t.2": "c", "t.3": "b", "t.4": "a", "t.6": "x", "t.old": "y",
    ])
    Self.rotation(keep: 2).removeSurplus(of: folder.path(of: "t"))
    #expect(folder.contents == ["t": "e", "t.1": "d", "t.2": "c", "t.6": "x", "t.old": "y"])
    Self.rotation(keep: 9).removeSurplus(of: folder.path(of: "t"))
    #expect(folder.contents.count == 5)
  }

  @Test func namesBehindAGapStay() throws {
    let folder = try TemporaryFolder(["t": "d", "t.1": "c", "t.3": "a"])
    try Self.rotate(folder, keep: 9)
    #expect(folder.contents == ["t": "new", "t.1": "d", "t.2": "c", "t.3": "a"])
  }

  @Test func whatIsNotThereIsNotMissed() throws {
    let folder = try TemporaryFolder(["t.1": "b"])
    try Self.rotate(folder, keep: 3)
    #expect(folder.contents == ["t": "new", "t.2": "b"])
  }

  @Test func whatWasLeftBehindIsNotInTheWay() throws {
    let name = "t.new-\(getpid())"
    let folder = try TemporaryFolder(["t": "full", name: "half of a header"])
    try Self.rotate(folder, keep: 1)
    #expect(folder.contents == ["t": "new", "t.1": "full"])
  }

  @Test func aFolderInTheWayIsRefused() throws {
    let folder = try TemporaryFolder(["t": "full"])
    try folder.makeFolder("t.1")
    #expect(throws: FileRotation.Refusal.self) { try Self.rotate(folder, keep: 1) }
    // Nothing was lost, and nothing half made stays.
    #expect(folder.contents == ["t": "full", "t.1": nil])
  }

  @Test func aFolderThatIsGoneIsRefused() throws {
    let folder = try TemporaryFolder([:])
    let header: [UInt8] = []
    do throws(FileRotation.Refusal) {
      _ = try Self.rotation(keep: 1).replace(folder.path(of: "no/t"), header: header.span)
      Issue.record("it was not refused")
    } catch {
      #expect(error.errno == ENOENT)
    }
  }

  @Test func names() throws {
    #expect(FileRotation.nextName(of: "/var/log/t.jsonl") == "t.jsonl.1")
    #expect(FileRotation.fileName("t") == "t")
    let folder = try TemporaryFolder(["t": ""])
    let fd = unsafe open(folder.path(of: "t"), O_RDONLY)
    defer { _ = close(fd) }
    #expect(FileRotation.currentName(of: fd) == "t")
    #expect(unsafe rename(folder.path(of: "t"), folder.path(of: "moved")) == 0)
    #expect(FileRotation.currentName(of: fd) == "moved")
    #expect(unsafe unlink(folder.path(of: "moved")) == 0)
    #expect(FileRotation.currentName(of: fd) == nil)
  }
}
