//go:build race

package sshd_test

func init() { raced = true }
