package sshd

import (
	"io"
	"sync"

	"golang.org/x/crypto/ssh"
)

// input is the input of a client without a terminal. Its end counts only if the client is
// still connected: a connection that breaks in the middle of a text must not look like the
// end of the text.
type input struct {
	ch    ssh.Channel
	begin func(func()) // starts a goroutine that the session waits for

	once sync.Once
	r    *io.PipeReader
	w    *io.PipeWriter
}

func newInput(ch ssh.Channel, begin func(func())) *input {
	i := &input{ch: ch, begin: begin}
	i.r, i.w = io.Pipe()
	return i
}

// end ends the input at once.
func (i *input) end() { _ = i.w.CloseWithError(errGone) }

// Read implements io.Reader. Bytes that are not read stay at the client.
func (i *input) Read(p []byte) (int, error) {
	i.once.Do(func() { i.begin(i.run) })
	return i.r.Read(p)
}

func (i *input) run() {
	_, err := io.Copy(i.w, i.ch)
	if err == nil {
		_, err = i.ch.SendRequest("keepalive@openssh.com", true, nil)
	}
	if err != nil {
		err = errGone
	}
	_ = i.w.CloseWithError(err) // nil is the end of the text
}
