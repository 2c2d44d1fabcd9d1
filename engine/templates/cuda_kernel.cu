{# Pieces of kernels. Names of a code object's own arguments begin with an underscore. #}

{# Open a kernel. Clock values are its arguments, arrays its pointers. #}
{% macro open(name, arguments='') %}
__global__ void {{name}}_{{codeobj_name}}({{arguments}}
    %KERNEL_PARAMETERS%)
{
    using namespace brian;
    %KERNEL_CONSTANTS%
    {{kernel_lines|autoindent}}
    const int64_t _thread = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
{% endmacro %}

{# Launch a kernel of so many threads. #}
{% macro launch(name, threads, arguments='') %}
    {
        const unsigned int _blocks = dense_engine::blocks_for({{threads}});
        {{name}}_{{codeobj_name}}<<<_blocks, dense_engine::THREADS>>>({{arguments}}
            %HOST_PARAMETERS%);
    }
{% endmacro %}

{# Evaluate an expression of one side once for every neuron, instead of once for every synapse. #}
{% macro signal_kernel(side, scalar, vector, result, type) %}
{{open('_signal_' ~ side, type ~ '* _buffer,')}}
    if (_thread >= (int64_t){{_trials}} * N_{{side}}) return;
    const int _{{side}}_idx = _thread;
    const int64_t _vectorisation_idx = _thread;
    {{scalar|autoindent}}
    {
        {{vector|autoindent}}
        _buffer[_{{side}}_idx] = {{result}};
    }
}
{% endmacro %}

{# Name the array of one side's values: the variable itself, or a buffer that is filled here. #}
{% macro signal_source(side, plain, type) %}
{% if plain %}
    const {{type}}* _source_{{side}} = {{get_array_name(plain, prefix='dev')}};
{% else %}
    static {{type}}* _source_{{side}} = dense_engine::on_device<{{type}}>((size_t){{_trials}} * N_{{side}});
    {{launch('_signal_' ~ side, '(int64_t)' ~ _trials ~ ' * N_' ~ side, '_source_' ~ side ~ ',')}}
{% endif %}
{% endmacro %}

{# Sum over trials, one thread for each synapse; its update follows while the sum is in a register. #}
{% macro correlate_kernel(scalar, vector, value, arguments='') %}
{% set type = c_data_type(_into.dtype) %}
{{open('_correlate', arguments)}}
    if (_thread >= N) return;
    const int64_t _idx = _thread, _vectorisation_idx = _thread;
    const int _pre = _idx / N_post, _post = _idx % N_post;
    const int64_t _transposed_idx = (int64_t)_post * N_pre + _pre;
    {{type}} _result = 0;
    {
        {{scalar|autoindent}}
        for (int64_t _trial = 0; _trial < {{_trials}}; _trial++)
        {
            const int64_t _pre_idx = _trial * N_pre + _pre;
            const int64_t _post_idx = _trial * N_post + _post;
            {{vector|autoindent}}
            _result += {{value}};
        }
    }
{% if _fused %}
    {
        const dense_engine::InRegister<{{type}}> {{get_array_name(_into)}} = {&_result};
        {{scalar_code['update']|autoindent}}
        {
            {{vector_code['update']|autoindent}}
        }
    }
{% else %}
    {{get_array_name(_into)}}[_idx] = _result;
{% endif %}
}
{% endmacro %}
