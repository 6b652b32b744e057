// Hands the token to the application that opened this browser; the button does it where this doesn't run.
document.getElementById("to-device").submit();
