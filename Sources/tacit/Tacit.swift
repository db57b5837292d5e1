import CHardening
import Commands
import Glibc

/// The executable: hands its arguments to the commands and ends with their status. It links CHardening, whose `free` replaces the C
/// library's in the whole process, so that what any library copied and released is wiped.
@main
enum Tacit {
    static func main() async {
        exit(await TacitProgram.run(Array(CommandLine.arguments.dropFirst())))
    }
}
