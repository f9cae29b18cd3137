//! `+`, `-`, `*`, `/`, `%` and the sign, as jq defines them for every type.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use jaq_core::ValR;
use jaq_json::{Num, Val};

use super::{Error, JqValue, describe, error, number};

fn refuse(left: &Val, right: &Val, done: &str) -> Error {
    error(format!("{} and {} cannot be {done}", describe(left), describe(right)))
}

/// Returns the number with what is whole as an integer.
fn plain(value: Val) -> JqValue {
    JqValue(match value {
        Val::Num(Num::Float(x)) => number(x),
        other => other,
    })
}

impl Add for JqValue {
    type Output = ValR<JqValue>;

    fn add(self, other: JqValue) -> ValR<JqValue> {
        match (self.0, other.0) {
            (Val::Null, value) | (value, Val::Null) => Ok(JqValue(value)),
            (
                left @ (Val::Num(_) | Val::TStr(_) | Val::Arr(_) | Val::Obj(_)),
                right @ (Val::Num(_) | Val::TStr(_) | Val::Arr(_) | Val::Obj(_)),
            ) if std::mem::discriminant(&left) == std::mem::discriminant(&right) => {
                (left + right).map(plain).map_err(|_| error("the values cannot be added"))
            }
            (left, right) => Err(refuse(&left, &right, "added")),
        }
    }
}

impl Sub for JqValue {
    type Output = ValR<JqValue>;

    fn sub(self, other: JqValue) -> ValR<JqValue> {
        match (self.0, other.0) {
            (left @ Val::Num(_), right @ Val::Num(_)) | (left @ Val::Arr(_), right @ Val::Arr(_)) => {
                (left - right).map(plain).map_err(|_| error("the values cannot be subtracted"))
            }
            (left, right) => Err(refuse(&left, &right, "subtracted")),
        }
    }
}

impl Mul for JqValue {
    type Output = ValR<JqValue>;

    fn mul(self, other: JqValue) -> ValR<JqValue> {
        match (self.0, other.0) {
            (left @ Val::Num(_), right @ Val::Num(_)) | (left @ Val::Obj(_), right @ Val::Obj(_)) => {
                (left * right).map(plain).map_err(|_| error("the values cannot be multiplied"))
            }
            (Val::TStr(text), times @ Val::Num(_)) | (times @ Val::Num(_), Val::TStr(text)) => {
                let times = JqValue(times).double().unwrap_or(f64::NAN);
                if times.is_nan() || times < 0.0 {
                    return Ok(JqValue(Val::Null));
                }
                let times = times as usize;
                match text.len().checked_mul(times).and_then(|length| i32::try_from(length).ok()) {
                    Some(_) => Ok(JqValue(Val::utf8_str(text.repeat(times)))),
                    None => Err(error("Repeat string result too long")),
                }
            }
            (left, right) => Err(refuse(&left, &right, "multiplied")),
        }
    }
}

impl Div for JqValue {
    type Output = ValR<JqValue>;

    fn div(self, other: JqValue) -> ValR<JqValue> {
        match (self.0, other.0) {
            (left @ Val::Num(_), right @ Val::Num(_)) => {
                if JqValue(right.clone()).double() == Some(0.0) {
                    return Err(refuse(&left, &right, "divided because the divisor is zero"));
                }
                match (&left, &right) {
                    // Exact where it can be: a double holds no more than 53 bits.
                    (Val::Num(Num::Int(a)), Val::Num(Num::Int(b))) if a.checked_rem(*b) == Some(0) => {
                        Ok(JqValue(Val::from(a / b)))
                    }
                    _ => (left / right).map(plain).map_err(|_| error("the values cannot be divided")),
                }
            }
            (left @ Val::TStr(_), right @ Val::TStr(_)) => {
                (left / right).map(JqValue).map_err(|_| error("the values cannot be divided"))
            }
            (left, right) => Err(refuse(&left, &right, "divided")),
        }
    }
}

impl Rem for JqValue {
    type Output = ValR<JqValue>;

    fn rem(self, other: JqValue) -> ValR<JqValue> {
        const BY_ZERO: &str = "divided (remainder) because the divisor is zero";
        match (self.0, other.0) {
            (left @ Val::Num(Num::Int(_) | Num::BigInt(_)), right @ Val::Num(Num::Int(_) | Num::BigInt(_))) => {
                if right == Val::from(0usize) {
                    return Err(refuse(&left, &right, BY_ZERO));
                }
                (left % right).map(JqValue).map_err(|_| error("the values cannot be divided"))
            }
            (left @ Val::Num(_), right @ Val::Num(_)) => {
                let double = |value: &Val| JqValue(value.clone()).double().unwrap_or(f64::NAN);
                let (dividend, divisor) = (double(&left), double(&right));
                if dividend.is_nan() || divisor.is_nan() {
                    return Ok(JqValue(Val::Num(Num::Float(f64::NAN))));
                }
                // As in jq both are cut to integers, infinities to the largest.
                match (dividend as isize).checked_rem(divisor as isize) {
                    Some(rest) => Ok(JqValue(Val::from(rest))),
                    None if divisor as isize == 0 => Err(refuse(&left, &right, BY_ZERO)),
                    None => Ok(JqValue(Val::from(0usize))),
                }
            }
            (left, right) => Err(refuse(&left, &right, "divided")),
        }
    }
}

impl Neg for JqValue {
    type Output = ValR<JqValue>;

    fn neg(self) -> ValR<JqValue> {
        match self.0 {
            Val::Num(number) => Ok(plain(Val::Num(-number))),
            other => Err(error(format!("{} cannot be negated", describe(&other)))),
        }
    }
}
