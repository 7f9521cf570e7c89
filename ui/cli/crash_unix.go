//go:build unix

package cli

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"warroom/model"
	"warroom/ui/present"
	"warroom/ui/screen"
)

// A screen takes its own panics. For all others, as of the hub in this process, a second process
// waits: the Go runtime writes to it why the program ends, and it gives the terminal back.

const (
	orderlyEnd     = "end\n"  // read by the second process if the program ended normally
	maxCrashReport = 16 << 20 // max bytes of the runtime's report that are kept
)

// watchCrash starts the process that gives the terminal back if this one crashes. The function
// ends it. Without it a crash leaves the terminal as it is.
func (a fullScreen) watchCrash(state string) (end func()) {
	none := func() {}
	if a.Executable == "" {
		return none
	}
	modes, err := unix.IoctlGetTermios(int(os.Stdin.Fd()), getTermios)
	if err != nil {
		return none
	}
	var packed bytes.Buffer
	if err := binary.Write(&packed, binary.NativeEndian, modes); err != nil {
		return none
	}
	r, w, err := os.Pipe()
	if err != nil {
		return none
	}
	cmd := exec.Command(a.Executable, restoreName, filepath.Join(state, a.faultFile()),
		hex.EncodeToString(packed.Bytes()))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, os.Stdout, os.Stderr
	err = cmd.Start()
	r.Close()
	if err == nil {
		err = debug.SetCrashOutput(w, debug.CrashOptions{})
	}
	if err != nil {
		w.Close()
		return none
	}
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // closes the runtime's copy of w
		_, _ = io.WriteString(w, orderlyEnd)                // without a reader there is nothing to end
		w.Close()
		_ = cmd.Wait()
	}
}

// faultFile is the name of the file with the runtime's report about a crash.
func (a fullScreen) faultFile() string {
	return "fault-" + a.Clock.Now().UTC().Format("20060102-150405.000") + ".txt"
}

const restoreName = "restore-terminal"

// restoreTerminalCmd is the second process.
func restoreTerminalCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               restoreName + " FILE MODES",
		Short:             "Restore the terminal after a crash; warroom runs this itself",
		Hidden:            true,
		Args:              exactly(2, restoreName+" FILE MODES"),
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // no configuration
		RunE: func(_ *cobra.Command, args []string) error {
			signal.Ignore(unix.SIGINT, unix.SIGQUIT, unix.SIGHUP, unix.SIGTERM, unix.SIGTSTP, unix.SIGTTIN,
				unix.SIGTTOU)
			first := make([]byte, 4<<10)
			n, err := a.Stdin.Read(first)
			if string(first[:n]) == orderlyEnd {
				return nil
			}
			restoreModes(a.Stdout, args[1]) // at once: a shell takes the modes that it finds for its own
			report := first[:n]
			if err == nil {
				rest, _ := io.ReadAll(io.LimitReader(a.Stdin, maxCrashReport)) // what was read counts
				report = append(report, rest...)
			}
			return restoreTerminal(a.Stdout, a.Getenv("TERM"), args[0], report)
		},
	}
}

// restoreModes sets the modes that the terminal had before the screen.
func restoreModes(out io.Writer, modes string) {
	var saved unix.Termios
	packed, err := hex.DecodeString(modes)
	tty, ok := out.(*os.File)
	if err != nil || !ok || binary.Read(bytes.NewReader(packed), binary.NativeEndian, &saved) != nil {
		return
	}
	_ = unix.IoctlSetTermios(int(tty.Fd()), setTermios, &saved) // the terminal may be gone
}

// restoreTerminal gives the terminal back and returns one sentence about the end.
func restoreTerminal(out io.Writer, term, file string, report []byte) error {
	_, _ = io.WriteString(out, screen.RestoreSequence(term))
	if len(report) == 0 {
		return model.Refuse(model.Internal, "warroom was killed; everything that was acknowledged is stored: start "+
			"it again")
	}
	reason, _, _ := bytes.Cut(report, []byte("\n"))
	message := present.Panicked(string(bytes.TrimPrefix(reason, []byte("panic: "))))
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		err = os.WriteFile(file, report, 0o600)
	}
	return model.Refuse(model.Internal, "%s", present.PanickedAt(message, file, err))
}
