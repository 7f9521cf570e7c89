package roomindex

import (
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// Timeout is how long an answer may take: the rows may have to be made first.
const Timeout = 20 * time.Second

// Ask is a question for rows.
type Ask struct {
	Closed int    `json:"closed"`         // how many closed rooms; negative: all
	From   string `json:"from,omitempty"` // the row before those of this answer
}

// Answer is what the hub answers.
type Answer struct {
	Block []byte     `json:"block,omitempty"` // rows
	Next  string     `json:"next,omitempty"`  // the last one of them, where there are more
	More  int        `json:"more,omitempty"`  // closed rooms that were not asked for
	Why   model.Code `json:"why,omitempty"`   // of a refusal
	Text  string     `json:"text,omitempty"`
}

// Refusing is the answer of an error.
func Refusing(err error) Answer {
	return Answer{Why: model.CodeOf(err), Text: model.Sentence(err).String()}
}

// Err returns the refusal in an answer, nil where it is none.
func (a *Answer) Err() error {
	if a.Why == "" {
		return nil
	}
	return &model.Error{Code: a.Why, Message: model.CleanLine(a.Text)}
}

func respond(m *nats.Msg, a Answer) {
	if raw, err := json.Marshal(a); err == nil {
		_ = m.Respond(raw) // who asked asks again
	}
}
