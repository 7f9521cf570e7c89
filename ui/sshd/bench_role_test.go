package sshd_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"

	"warroom/ui/sshd"
)

// roleEnv makes a process of this test binary a part of the benchmark, so that memory and
// processor time are those of the server alone.
const roleEnv = "WARROOM_BENCH_ROLE"

func TestMain(m *testing.M) {
	flag.Parse()
	switch role := os.Getenv(roleEnv); role {
	case "":
		os.Exit(m.Run())
	case "server":
		if *benchHeap {
			runtime.MemProfileRate = 1024
		}
		debug.SetGCPercent(sshd.GCPercent) // as serve does
		s := &benchServer{}
		answer("Server", s)
		s.end()
	case "clients":
		answer("Clients", &benchClients{})
	default:
		run, ok := benchRoles[role]
		if !ok {
			run = func() error { return fmt.Errorf("there is no role %s", role) }
		}
		if err := run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
}

// benchRoles are roles without calls.
var benchRoles = map[string]func() error{}

// answer serves calls on stdin and stdout until the other side closes them.
func answer(name string, rcvr any) {
	s := rpc.NewServer()
	if err := s.RegisterName(name, rcvr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	s.ServeConn(struct {
		io.Reader
		io.WriteCloser
	}{os.Stdin, os.Stdout})
}

// helper is another process of this binary.
type helper struct {
	b    testing.TB
	name string
	cmd  *exec.Cmd
	*rpc.Client
}

// startRole starts a helper, and ends it with the benchmark.
func startRole(b testing.TB, role, name string) *helper {
	b.Helper()
	h := &helper{b: b, name: name, cmd: exec.Command(os.Args[0], fmt.Sprint("-heaps=", *benchHeap),
		fmt.Sprint("-noticed=", *benchNoticed))}
	h.cmd.Env = append(os.Environ(), roleEnv+"="+role, "TMPDIR="+b.TempDir())
	h.cmd.Stderr = os.Stderr
	in, err := h.cmd.StdinPipe()
	if err != nil {
		b.Fatalf("open stdin: %v", err)
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		b.Fatalf("open stdout: %v", err)
	}
	if err := h.cmd.Start(); err != nil {
		b.Fatalf("start: %v", err)
	}
	h.Client = rpc.NewClient(struct {
		io.Reader
		io.WriteCloser
	}{out, in})
	b.Cleanup(h.end)
	return h
}

// end ends the process by closing its stdin.
func (h *helper) end() {
	_ = h.Close() // it may have ended
	if h.cmd.ProcessState == nil {
		_ = h.cmd.Wait() // only its answers matter
	}
}

// do makes a call. In and out may be nil.
func (h *helper) do(method string, in, out any) {
	h.b.Helper()
	if in == nil {
		in = &struct{}{}
	}
	if out == nil {
		out = &struct{}{}
	}
	if err := h.Call(h.name+"."+method, in, out); err != nil && !errors.Is(err, rpc.ErrShutdown) {
		h.b.Fatalf("%s: %v", method, err)
	}
}
