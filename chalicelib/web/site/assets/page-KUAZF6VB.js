import{g as e}from"./chunk-RLH3V6A7.js";function o(){return e("h1",{children:"exports"})}export{o as default};
